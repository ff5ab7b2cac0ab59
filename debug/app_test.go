package debug_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
)

const (
	testKey   = "AoZsMg9bQ7xVw2LrEh4TjKc8YpNdUf3i"
	otherKey  = "Xk7BvR1mWq9SzGt5HyLnCj2PeDf8Ua4o"
	testToken = "tok-5Jd82hGQpLw0vXzN"
)

var quiet = slog.New(slog.DiscardHandler)

// app is a small app behind the middleware, with the debug endpoints.
type app struct {
	t        *testing.T
	sessions *session.Manager
	http.Handler
}

func withDefaults(cfg config.Config) config.Config {
	cfg.DebugEndpoints = true
	if cfg.SecretKey.IsZero() {
		cfg.SecretKey = config.NewSecret(testKey)
	}
	if cfg.Mode == "" {
		cfg.Mode = config.Development
	}
	return cfg
}

func newManager(t *testing.T, cfg config.Config, store driver.Store, opts ...session.Option) *session.Manager {
	t.Helper()
	m, err := session.NewManager(t.Context(), withDefaults(cfg), store, append(opts, session.WithLogger(quiet))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func newApp(t *testing.T, cfg config.Config, store driver.Store, opts ...debug.Option) *app {
	t.Helper()
	return appOf(t, newManager(t, cfg, store), opts...)
}

func appOf(t *testing.T, sessions *session.Manager, opts ...debug.Option) *app {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		if err := auth.Login(r.Context(), "ada"); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("/set", func(w http.ResponseWriter, r *http.Request) {
		s, err := httpsession.Get(r)
		if err != nil {
			t.Fatal(err)
		}
		for key := range r.URL.Query() {
			if err := session.Set(s, key, json.RawMessage(r.FormValue(key))); err != nil {
				t.Error(err)
			}
		}
	})
	mux.HandleFunc("/logout", func(w http.ResponseWriter, r *http.Request) {
		if err := auth.Logout(r.Context()); err != nil {
			t.Error(err)
		}
	})
	opts = append([]debug.Option{debug.WithLogger(quiet)}, opts...)
	return &app{t, sessions, httpsession.Install(mux, sessions, debug.New(sessions, opts...))}
}

// change alters a request that a program on the same host would send.
type change func(*http.Request)

func header(name, value string) change {
	return func(r *http.Request) { r.Header.Add(name, value) }
}

// withCookie sends the session cookie, whatever it is called in the app's mode.
func withCookie(value string) change {
	return header("Cookie", "session="+value+"; __Host-session="+value)
}

func withToken() change { return header("Authorization", "Bearer "+testToken) }
func asBrowser() change { return header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8") }

func (a *app) do(method, target string, changes ...change) *httptest.ResponseRecorder {
	a.t.Helper()
	r := httptest.NewRequest(method, target, nil).WithContext(a.t.Context())
	r.RemoteAddr, r.Host = "127.0.0.1:40000", "localhost:8080"
	for _, c := range changes {
		c(r)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

// get asks for a report and wants the status.
func get[T any](a *app, status int, target string, changes ...change) (report T) {
	a.t.Helper()
	return ask[T](a, status, "GET", target, changes...)
}

func ask[T any](a *app, status int, method, target string, changes ...change) (report T) {
	a.t.Helper()
	w := a.do(method, target, changes...)
	if w.Code != status {
		a.t.Fatalf("%s %s: status %d, want %d: %s", method, target, w.Code, status, w.Body)
	}
	dec := json.NewDecoder(strings.NewReader(w.Body.String()))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&report); err != nil {
		a.t.Fatalf("%s %s: %v: %s", method, target, err, w.Body)
	}
	return report
}

// visit asks for target and returns the value of the session cookie
// afterwards.
func (a *app) visit(target, cookie string) string {
	a.t.Helper()
	w := a.do("POST", target, withCookie(cookie))
	if w.Code != http.StatusOK {
		a.t.Fatalf("%s: status %d: %s", target, w.Code, w.Body)
	}
	return cookieOf(w, cookie)
}

func cookieOf(w *httptest.ResponseRecorder, before string) string {
	for _, c := range w.Result().Cookies() {
		if c.Name == "session" || c.Name == "__Host-session" {
			return c.Value
		}
	}
	return before
}

// idOf is the whole id of the cookie's session.
func (a *app) idOf(cookie string) (id session.ID) {
	a.t.Helper()
	a.in(cookie, func(s *session.Session) error { id = s.ID(); return nil })
	return id
}
