package debug_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
)

func from(addr string) change { return func(r *http.Request) { r.RemoteAddr = addr } }
func host(name string) change { return func(r *http.Request) { r.Host = name } }

func TestAccess(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		allowed bool
		changes []change
	}{
		{"loopback", true, nil},
		{"loopback, IPv6", true, []change{from("[::1]:40000"), host("[::1]:8080")}},
		{"loopback, IPv4 in IPv6", true, []change{from("[::ffff:127.0.0.1]:40000")}},
		{"another address of 127.0.0.0/8", true, []change{from("127.8.9.10:40000"), host("127.8.9.10")}},
		{"host without port", true, []change{host("localhost")}},
		{"host in capitals", true, []change{host("LOCALHOST:80")}},
		{"host IPv6 without port", true, []change{host("[::1]")}},

		{"another machine", false, []change{from("192.0.2.1:40000")}},
		{"another machine, IPv6", false, []change{from("[2001:db8::1]:40000")}},
		{"another machine that says localhost", false, []change{from("10.0.0.7:40000"), host("localhost")}},
		{"an address that a middleware wrote", false, []change{from("127.0.0.1")}},
		{"a Unix socket", false, []change{from("@")}},
		{"no address", false, []change{from("")}},

		{"DNS rebinding", false, []change{host("evil.example:8080")}},
		{"DNS rebinding with a name like an address", false, []change{host("127.0.0.1.evil.example")}},
		{"DNS rebinding with a name like localhost", false, []change{host("localhost.evil.example")}},
		{"the host's name in the network", false, []change{host("192.168.0.5:8080")}},
		{"any address", false, []change{host("0.0.0.0:8080")}},
		{"no host", false, []change{host("")}},

		{"X-Forwarded-For", false, []change{header("X-Forwarded-For", "127.0.0.1")}},
		{"X-Forwarded-For, empty", false, []change{header("X-Forwarded-For", "")}},
		{"X-Forwarded-Proto", false, []change{header("X-Forwarded-Proto", "https")}},
		{"X-Forwarded-Host", false, []change{header("X-Forwarded-Host", "localhost")}},
		{"Forwarded", false, []change{header("Forwarded", "for=127.0.0.1")}},
		{"X-Real-IP", false, []change{header("X-Real-IP", "127.0.0.1")}},
		{"True-Client-IP", false, []change{header("True-Client-IP", "127.0.0.1")}},
		{"Via", false, []change{header("Via", "1.1 proxy")}},
		{"CF-Connecting-IP", false, []change{header("CF-Connecting-IP", "127.0.0.1")}},
		{"Client-IP", false, []change{header("Client-IP", "127.0.0.1")}},
		{"X-ProxyUser-Ip", false, []change{header("X-ProxyUser-Ip", "127.0.0.1")}},
		{"X-ClientIP", false, []change{header("X-ClientIP", "127.0.0.1")}},
		{"X-Cluster-Client-IP", false, []change{header("X-Cluster-Client-IP", "127.0.0.1")}},
		{"Fastly-Client-IP", false, []change{header("Fastly-Client-IP", "127.0.0.1")}},
		{"CF-Connecting-IPv6", false, []change{header("CF-Connecting-IPv6", "::1")}},
		{"X-Azure-SocketIP", false, []change{header("X-Azure-SocketIP", "127.0.0.1")}},
		{"X-Original-Forwarded-For", false, []change{header("X-Original-Forwarded-For", "127.0.0.1")}},
		{"Forwarded-For", false, []change{header("Forwarded-For", "127.0.0.1")}},
		{"X-Forwarded", false, []change{header("X-Forwarded", "for=127.0.0.1")}},
		{"X_Forwarded_For", false, []change{header("X_Forwarded_For", "127.0.0.1")}},
		{"client_ip", false, []change{header("client_ip", "127.0.0.1")}},
		{"a name that was not made canonical", false, []change{func(r *http.Request) { r.Header["x-forwarded-for"] = []string{"127.0.0.1"} }}},
		{"X-Remote-Addr", false, []change{header("X-Remote-Addr", "127.0.0.1")}},
		{"CDN-Loop", false, []change{header("CDN-Loop", "cloudflare")}},
		{"X-Envoy-External-Address", false, []change{header("X-Envoy-External-Address", "127.0.0.1")}},
		{"headers of a plain client", true, []change{header("X-Request-Id", "1"), header("X-Zip", "1"), header("User-Agent", "curl via script"), header("Accept-Encoding", "gzip")}},
		{"a proxy that adds nothing", false, []change{func(r *http.Request) { r.Proto, r.ProtoMinor = "HTTP/1.0", 0 }}},

		{"right token from afar", true, []change{from("192.0.2.1:40000"), host("app.example"), withToken()}},
		{"right token through a proxy", true, []change{header("X-Forwarded-For", "192.0.2.1"), withToken()}},
		{"right token, scheme in small letters", true, []change{from("192.0.2.1:1"), header("Authorization", "bearer "+testToken)}},
		{"wrong token", false, []change{from("192.0.2.1:1"), header("Authorization", "Bearer wrong")}},
		{"empty token", false, []change{from("192.0.2.1:1"), header("Authorization", "Bearer ")}},
		{"part of the token", false, []change{from("192.0.2.1:1"), header("Authorization", "Bearer "+testToken[:8])}},
		{"token under another scheme", false, []change{from("192.0.2.1:1"), header("Authorization", "Basic "+testToken)}},

		{"a proxy of a mesh", false, []change{header("L5d-Dst-Canonical", "app.svc.cluster.local:80")}},
		{"a proxy of a mesh, in small letters", false, []change{header("l5d-client-id", "app")}},
		{"a tunnel", false, []change{header("Tailscale-User-Login", "ada@example.com")}},
		{"a page on this machine", true, []change{header("Referer", "http://localhost:8080/login")}},
		{"a page on this machine, by address", true, []change{header("Referer", "http://[::1]:8080/"), header("Origin", "http://127.0.0.1:8080"), header("Sec-Fetch-Site", "same-origin")}},
		{"a link on another site that says which", false, []change{header("Referer", "https://evil.example/"), header("Sec-Fetch-Site", "cross-site"), header("Sec-Fetch-Mode", "navigate")}},
		{"a page of the site behind a proxy", false, []change{header("Referer", "https://app.example/debug/")}},
		{"a Referer that is none", false, []change{header("Referer", "about:blank")}},
		{"a page of the site behind a proxy, by Origin", false, []change{header("Origin", "https://app.example"), header("Sec-Fetch-Site", "same-origin")}},
		{"a sandbox", false, []change{header("Origin", "null")}},

		{"a page of the app", true, []change{header("Sec-Fetch-Site", "same-origin"), header("Sec-Fetch-Mode", "cors")}},
		{"the address bar", true, []change{header("Sec-Fetch-Site", "none"), header("Sec-Fetch-Mode", "navigate")}},
		{"a link on another site", true, []change{header("Sec-Fetch-Site", "cross-site"), header("Sec-Fetch-Mode", "navigate")}},
		{"another site's script", false, []change{header("Sec-Fetch-Site", "cross-site"), header("Sec-Fetch-Mode", "cors")}},
		{"a script from another port", false, []change{header("Sec-Fetch-Site", "same-site"), header("Sec-Fetch-Mode", "no-cors")}},
		{"another site's script in an old browser", false, []change{header("Origin", "https://evil.example")}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, config.Config{DebugToken: config.NewSecret(testToken)}, memstore.New(0))
			for _, path := range []string{"/debug", "/debug/", "/debug/session", "/debug/config", "/debug/redis", "/debug/store", "/debug/workers", "/debug/metrics", "/debug/none"} {
				w := a.do("GET", path, tc.changes...)
				if allowed := w.Code != http.StatusForbidden; allowed != tc.allowed {
					t.Errorf("GET %s: status %d", path, w.Code)
				}
			}
			if tc.allowed {
				return
			}
			w := a.do("POST", "/debug/probe", tc.changes...)
			if w.Code != http.StatusForbidden || w.Header().Get("Set-Cookie") != "" {
				t.Errorf("POST /debug/probe: status %d, %v", w.Code, w.Header())
			}
		})
	}
}

func TestProductionWantsToken(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{Mode: config.Production, DebugToken: config.NewSecret(testToken)}, memstore.New(0))
	if w := a.do("GET", "/debug/config"); w.Code != http.StatusForbidden {
		t.Errorf("loopback without token: status %d", w.Code)
	}
	if w := a.do("GET", "/debug/config", withToken()); w.Code != http.StatusOK {
		t.Errorf("with token: status %d", w.Code)
	}
}

// Without a token configured a wrong one opens nothing, and is in nobody's way.
func TestNoTokenConfigured(t *testing.T) {
	t.Parallel()
	for _, authorization := range []string{"Bearer", "Bearer ", "Bearer x", ""} {
		a := newApp(t, config.Config{}, memstore.New(0))
		if w := a.do("GET", "/debug/config", header("Authorization", authorization)); w.Code != http.StatusOK {
			t.Errorf("%q from this host: status %d", authorization, w.Code)
		}
		if w := a.do("GET", "/debug/config", from("192.0.2.1:1"), header("Authorization", authorization)); w.Code != http.StatusForbidden {
			t.Errorf("%q: status %d", authorization, w.Code)
		}
	}
}

// The refusal says what spoke against the request, and how to get in.
func TestRefusal(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		cfg     config.Config
		changes []change
		says    []string
	}{
		"peer":       {config.Config{}, []change{from("192.0.2.1:1")}, []string{"peer address", "log", "DEBUG_TOKEN"}},
		"header":     {config.Config{}, []change{header("X-Forwarded-For", "192.0.2.1")}, []string{"X-Forwarded-For"}},
		"host":       {config.Config{}, []change{host("app.example")}, []string{"Host"}},
		"protocol":   {config.Config{}, []change{func(r *http.Request) { r.Proto = "HTTP/1.0" }}, []string{"HTTP/1.0", "as localhost"}},
		"origin":     {config.Config{}, []change{header("Origin", "https://evil.example")}, []string{"Origin"}},
		"referer":    {config.Config{}, []change{header("Referer", "https://evil.example")}, []string{"Referer"}},
		"page":       {config.Config{}, []change{header("Sec-Fetch-Site", "cross-site")}, []string{"page of another origin"}},
		"configured": {config.Config{DebugToken: config.NewSecret(testToken)}, []change{from("192.0.2.1:1")}, []string{"peer address", "Authorization: Bearer", "?token=", "is set to"}},
		"wrong":      {config.Config{DebugToken: config.NewSecret(testToken)}, []change{header("Authorization", "Bearer no")}, []string{"not the token", "is set to", "as localhost"}},
		"production": {config.Config{Mode: config.Production, DebugToken: config.NewSecret(testToken)}, nil, []string{"in production mode everybody needs it", "is set to"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := ask[debug.Problem](newApp(t, tc.cfg, memstore.New(0)), http.StatusForbidden, "GET", "/debug/config", tc.changes...)
			for _, want := range tc.says {
				if !strings.Contains(p.Error+" "+p.Fix, want) {
					t.Errorf("no %q in %+v", want, p)
				}
			}
			if strings.Contains(p.Error+p.Fix, testToken) || strings.Contains(p.Error+p.Fix, "192.0.2.1") {
				t.Errorf("says too much: %+v", p)
			}
		})
	}
}

func TestCrossOriginPost(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{DebugToken: config.NewSecret(testToken)}, memstore.New(0))
	foreign := map[string][]change{
		"by Sec-Fetch-Site":  {header("Sec-Fetch-Site", "cross-site"), header("Sec-Fetch-Mode", "navigate")},
		"by Origin":          {header("Origin", "https://evil.example")},
		"even with a token":  {withToken(), header("Origin", "https://evil.example")},
		"from another port":  {header("Sec-Fetch-Site", "same-site")},
		"from a sandbox":     {header("Origin", "null")},
		"from another proto": {header("Sec-Fetch-Site", "cross-site"), header("Origin", "https://localhost:8080")},
	}
	for name, changes := range foreign {
		for _, method := range []string{"POST", "DELETE"} {
			if w := a.do(method, "/debug/probe", changes...); w.Code != http.StatusForbidden || w.Header().Get("Set-Cookie") != "" {
				t.Errorf("%s %s: status %d", method, name, w.Code)
			}
		}
	}
	own := []change{header("Sec-Fetch-Site", "same-origin"), header("Origin", "http://localhost:8080")}
	if w := a.do("POST", "/debug/probe", own...); w.Code != http.StatusOK {
		t.Errorf("a form of its own: status %d: %s", w.Code, w.Body)
	}
}

func TestOffIsNil(t *testing.T) {
	t.Parallel()
	m, err := session.NewManager(t.Context(), config.Config{SecretKey: config.NewSecret(testKey)}, memstore.New(0), session.WithLogger(quiet))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if h := debug.New(m); h != nil {
		t.Fatalf("%T, want nil", h)
	}
	a := appOf(t, m)
	if w := a.do("GET", "/debug/session"); w.Code != http.StatusNotFound {
		t.Errorf("status %d", w.Code)
	}
}
