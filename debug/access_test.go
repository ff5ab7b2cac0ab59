package debug_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
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
		{"token in the query", false, []change{from("192.0.2.1:1"), func(r *http.Request) { r.URL.RawQuery = "token=" + testToken }}},

		{"a page of the app", true, []change{header("Sec-Fetch-Site", "same-origin"), header("Sec-Fetch-Mode", "cors")}},
		{"the address bar", true, []change{header("Sec-Fetch-Site", "none"), header("Sec-Fetch-Mode", "navigate")}},
		{"a link on another site", true, []change{header("Sec-Fetch-Site", "cross-site"), header("Sec-Fetch-Mode", "navigate")}},
		{"another site's script", false, []change{header("Sec-Fetch-Site", "cross-site"), header("Sec-Fetch-Mode", "cors")}},
		{"a script from another port", false, []change{header("Sec-Fetch-Site", "same-site"), header("Sec-Fetch-Mode", "no-cors")}},
		{"another site's script in an old browser", false, []change{header("Origin", "https://evil.example")}},
	}
	a := newApp(t, config.Config{DebugToken: config.NewSecret(testToken)}, session.NewMemoryStore(0))
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
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
	a := newApp(t, config.Config{Mode: config.Production, DebugToken: config.NewSecret(testToken)}, session.NewMemoryStore(0))
	if w := a.do("GET", "/debug/config"); w.Code != http.StatusForbidden {
		t.Errorf("loopback without token: status %d", w.Code)
	}
	if w := a.do("GET", "/debug/config", withToken()); w.Code != http.StatusOK {
		t.Errorf("with token: status %d", w.Code)
	}
}

// Without a token configured, none opens anything, and none is in the way.
func TestNoTokenConfigured(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, session.NewMemoryStore(0))
	for _, authorization := range []string{"Bearer", "Bearer ", "Bearer x", ""} {
		if w := a.do("GET", "/debug/config", from("192.0.2.1:1"), header("Authorization", authorization)); w.Code != http.StatusForbidden {
			t.Errorf("%q: status %d", authorization, w.Code)
		}
		if w := a.do("GET", "/debug/config", header("Authorization", authorization)); w.Code != http.StatusOK {
			t.Errorf("%q from this host: status %d", authorization, w.Code)
		}
	}
}

// The refusal says how to get in, and the same to all who do not.
func TestRefusal(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{DebugToken: config.NewSecret(testToken)}, session.NewMemoryStore(0))
	missing := a.do("GET", "/debug/config", from("192.0.2.1:1"))
	wrong := a.do("GET", "/debug/nothing", from("192.0.2.1:1"), header("Authorization", "Bearer wrong"))
	if missing.Body.String() != wrong.Body.String() {
		t.Errorf("a missing token: %s, a wrong one: %s", missing.Body, wrong.Body)
	}
	for _, want := range []string{"Authorization: Bearer", "DEBUG_TOKEN", "localhost"} {
		if !strings.Contains(missing.Body.String(), want) {
			t.Errorf("no %q in %s", want, missing.Body)
		}
	}
}

func TestCrossOriginPost(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{DebugToken: config.NewSecret(testToken)}, session.NewMemoryStore(0))
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
	m, err := session.NewManager(config.Config{SecretKey: config.NewSecret(testKey)}, session.NewMemoryStore(0), session.WithLogger(quiet))
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
