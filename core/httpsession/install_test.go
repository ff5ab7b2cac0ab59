package httpsession_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/core/httpsession"
)

func answer(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, text) })
}

// Patterns that ServeMux would not take beside "/debug/".
func TestInstallBesideAnyPattern(t *testing.T) {
	mux := http.NewServeMux()
	h := httpsession.Install(mux, newManager(t), answer("debug"))
	mux.Handle("GET /", answer("home"))
	mux.Handle("GET /{tenant}/login", answer("login"))
	mux.Handle("GET /debug/pprof/", answer("pprof"))
	mux.Handle("POST /debugger", answer("debugger"))
	mux.Handle("example.com/debug/mail/{id}", answer("mail"))
	for _, c := range []struct{ method, path, want string }{
		{"GET", "/", "home"},
		{"GET", "/shop/login", "login"},
		{"GET", "/debug", "debug"},
		{"GET", "/debug/", "debug"},
		{"GET", "/debug/session", "debug"},
		{"POST", "/debug/probe", "debug"},
		{"GET", "/debug/pprof/", "pprof"},
		{"GET", "/debug/pprof/symbol", "pprof"},
		{"POST", "/debug/pprof/", "Method Not Allowed\n"}, // of the mux
		{"GET", "/debug/mail/7", "mail"},
		{"GET", "/debug/mail", "debug"},
		{"GET", "/debug/vars", "home"}, // expvar's, here or not
		{"POST", "/debugger", "debugger"},
		{"GET", "/debugger", "home"},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Body.String() != c.want {
			t.Errorf("%s %s: %d %q, want %q", c.method, c.path, w.Code, w.Body, c.want)
		}
	}
}

var registerOnce = sync.OnceFunc(func() { http.Handle("/httpsession-test", answer("default")) })

func TestInstallOnTheDefaultMux(t *testing.T) {
	registerOnce()
	w := httptest.NewRecorder()
	httpsession.Install(nil, newManager(t), nil).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/httpsession-test", nil))
	if w.Body.String() != "default" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

// RequireUser in an app that has no sessions answers 500, and says why where
// nobody else could.
func TestRequireUserWithoutSessions(t *testing.T) {
	var log strings.Builder
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	w := httptest.NewRecorder()
	httpsession.RequireUser(nil)(answer("secret")).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/private", nil))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "httpsession") || !strings.Contains(log.String(), `before a route is chosen`) {
		t.Errorf("the log is %q", log.String())
	}
}
