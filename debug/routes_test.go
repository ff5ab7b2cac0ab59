package debug_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/debug"
)

var reports = []string{"/debug/", "/debug/session", "/debug/config", "/debug/redis", "/debug/store", "/debug/workers", "/debug/checks"}

func TestUnknownPath(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	for _, path := range []string{"/debug/nothing", "/debug/session//", "/debug//session", "/debug/session/x", "/debug/%73essionx"} {
		answer := get[debug.NotFound](a, http.StatusNotFound, path, asBrowser())
		if !slices.ContainsFunc(answer.Routes, func(r debug.Route) bool { return r.Path == "/debug/probe" }) {
			t.Errorf("%s: %+v", path, answer)
		}
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	for _, path := range append(reports, "/debug/metrics") {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			w := a.do(method, path)
			if allow := w.Header().Get("Allow"); w.Code != http.StatusMethodNotAllowed || allow != "GET, HEAD" {
				t.Errorf("%s %s: status %d, Allow %q", method, path, w.Code, allow)
			}
		}
		if w := a.do("HEAD", path); w.Code != http.StatusOK {
			t.Errorf("HEAD %s: status %d", path, w.Code)
		}
	}
	for _, method := range []string{"GET", "HEAD", "PUT"} {
		w := a.do(method, "/debug/probe")
		if allow := w.Header().Get("Allow"); w.Code != http.StatusMethodNotAllowed || allow != "POST, DELETE" {
			t.Errorf("%s /debug/probe: status %d, Allow %q", method, w.Code, allow)
		}
	}
}

// Nothing is redirected: a middleware that takes slashes away, or adds them,
// would send the browser round and round.
func TestSlash(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	for _, path := range reports {
		for _, target := range []string{path, strings.TrimSuffix(path, "/"), strings.TrimSuffix(path, "/") + "/"} {
			if w := a.do("GET", target+"?format=html"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<h1>") {
				t.Errorf("%s: status %d to %q", target, w.Code, w.Header().Get("Location"))
			}
		}
	}
}

// The links of a page lead to the other pages, wherever it is and whatever a
// middleware has done to its path.
func TestLinks(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{DebugToken: config.NewSecret(testToken)}, memstore.New(0))
	mounted := http.StripPrefix("/app", a)
	links := regexp.MustCompile(`(?:href|action)="([^"?]*)"`)
	for _, c := range []struct {
		seen, path string // by the browser, by the handler
		change     change
		prefix     string // what the browser's path begins with
	}{
		{seen: "/debug/", path: "/debug/"},
		{seen: "/debug", path: "/debug"},
		{seen: "/debug/", path: "/debug"}, // a slash was taken away
		{seen: "/debug", path: "/debug/"}, // or added
		{seen: "/debug/session/", path: "/debug/session"},
		{seen: "/debug/session", path: "/debug/session/"},
		{seen: "/app/debug/", prefix: "/app"},
		{seen: "/app/debug", prefix: "/app"},
		{seen: "/app/debug/session/", prefix: "/app"},
		{seen: "/whole/debug/", path: "/whole/debug/", prefix: "/whole"},
		{seen: "/whole/debug/session", path: "/whole/debug/session", prefix: "/whole"},
		{seen: "/shop/debug/", path: "/debug/", change: header("X-Forwarded-For", "192.0.2.1"), prefix: "/shop"},
		{seen: "/shop/debug", path: "/debug", change: header("X-Forwarded-For", "192.0.2.1"), prefix: "/shop"},
		{seen: "/shop/debug/config", path: "/debug/config", change: header("X-Forwarded-For", "192.0.2.1"), prefix: "/shop"},
		{seen: "/shop/debug/config/", path: "/debug/config/", change: header("X-Forwarded-For", "192.0.2.1"), prefix: "/shop"},
	} {
		var h http.Handler = a
		target := c.path
		if c.path == "" {
			h, target = mounted, c.seen
		}
		if c.prefix == "/whole" { // mounted by hand, with all of the path
			h = httpsession.Middleware(a.sessions)(debug.New(a.sessions, debug.WithLogger(quiet)))
		}
		r := httptest.NewRequest("GET", target, nil)
		r.RemoteAddr, r.Host = "127.0.0.1:40000", "localhost:8080"
		asBrowser()(r)
		header("Authorization", "Bearer "+testToken)(r)
		if c.change != nil {
			c.change(r)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		found := links.FindAllStringSubmatch(w.Body.String(), -1)
		if w.Code != http.StatusOK || len(found) < 6 {
			t.Errorf("%s: status %d, %d links", c.seen, w.Code, len(found))
		}
		page := url.URL{Path: c.seen}
		for _, link := range found {
			if link[1] == "#main" {
				continue
			}
			to, err := page.Parse(link[1])
			if err != nil {
				t.Fatal(err)
			}
			path, ok := strings.CutPrefix(to.Path, c.prefix)
			if !ok || path != "/debug/probe" && path != "/debug/metrics" && path != "/debug/sessions" && !slices.Contains(reports, path) || to.Host != "" {
				t.Errorf("%s: a link %q leads to %s", c.seen, link[1], to)
			}
		}
	}
	if w := a.do("GET", "//evil.example/debug/"); strings.Contains(w.Body.String(), "//evil") {
		t.Error("a link leads to another host")
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	for _, path := range append(reports, "/debug/metrics", "/debug/nothing", "/debug") {
		for _, change := range []change{asBrowser(), header("Accept", "*/*"), from("192.0.2.1:1")} {
			w := a.do("GET", path, change)
			for name, want := range map[string]string{
				"Cache-Control":                "no-store",
				"X-Content-Type-Options":       "nosniff",
				"Cross-Origin-Resource-Policy": "same-origin",
			} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %s: %q", path, name, got)
				}
			}
			isPage := strings.HasPrefix(w.Header().Get("Content-Type"), "text/html")
			policy := w.Header().Get("Content-Security-Policy")
			if isPage && !strings.HasPrefix(policy, "default-src 'none';") {
				t.Errorf("%s: Content-Security-Policy %q", path, policy)
			}
		}
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	const chrome = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
	for _, tc := range []struct {
		accept, query string
		page          bool
	}{
		{"", "", false},
		{"*/*", "", false},
		{"application/json", "", false},
		{"application/json, text/html", "", false},
		{"text/html", "", true},
		{"text/*", "", true},
		{chrome, "", true},
		{"text/html;q=0.5, application/json", "", false},
		{"text/html;q=0.5, application/*;q=0.1", "", true},
		{"text/html;q=0, */*", "", false},
		{"application/json;q=0, */*", "", true},
		{"TEXT/HTML", "", true},
		{";;;, text/html", "", true},
		{chrome, "?format=json", false},
		{"*/*", "?format=html", true},
	} {
		for _, path := range reports {
			w := a.do("GET", path+tc.query, header("Accept", tc.accept))
			want := "application/json"
			if tc.page {
				want = "text/html; charset=utf-8"
			}
			if got := w.Header().Get("Content-Type"); got != want || w.Header().Get("Vary") == "" {
				t.Errorf("%s%s with %q: %q, %v", path, tc.query, tc.accept, got, w.Header()["Vary"])
			}
		}
	}
}
