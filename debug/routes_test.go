package debug_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
)

var reports = []string{"/debug/", "/debug/session", "/debug/config", "/debug/redis", "/debug/store", "/debug/workers"}

func TestUnknownPath(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, session.NewMemoryStore(0))
	for _, path := range []string{"/debug/nothing", "/debug/session/", "/debug//session", "/debug/session/x", "/debug/%73essionx"} {
		answer := get[debug.NotFound](a, http.StatusNotFound, path, asBrowser())
		if !slices.ContainsFunc(answer.Routes, func(r debug.Route) bool { return r.Path == "/debug/probe" }) {
			t.Errorf("%s: %+v", path, answer)
		}
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, session.NewMemoryStore(0))
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

// The redirect is relative: it holds below a prefix, too.
func TestSlash(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, session.NewMemoryStore(0))
	w := a.do("GET", "/debug?format=json")
	if to := w.Header().Get("Location"); w.Code != http.StatusTemporaryRedirect || to != "debug/?format=json" {
		t.Errorf("status %d to %q", w.Code, to)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, session.NewMemoryStore(0))
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
	a := newApp(t, config.Config{}, session.NewMemoryStore(0))
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
