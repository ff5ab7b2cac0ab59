//go:build unix

package tests

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// With Redis killed or hung every debug endpoint answers in about one timeout,
// and /debug/session and the probe say why there is no session, where the
// cookie comes from, and what to do. Back again, all is as before.
func TestDebugWithoutRedis(t *testing.T) {
	t.Parallel()
	const timeout = 500 * time.Millisecond
	for name, fault := range map[string]struct{ begin, end func(*redistest.Server) }{
		"killed": {(*redistest.Server).Kill, (*redistest.Server).Restart},
		"hung":   {(*redistest.Server).Pause, (*redistest.Server).Resume},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t, "--appendonly", "yes", "--appendfsync", "always")
			app := startDebug(t, server.URL(), timeout)
			cookie := cookieAfterProbe(t, app)
			fault.begin(server)

			var s debug.SessionReport
			for _, path := range []string{"/debug/session", "/debug/", "/debug/config", "/debug/workers", "/debug/store", "/debug/redis", "/debug/metrics"} {
				begin := time.Now()
				body := fetch(t, app, "GET", path, cookie).Body
				trial.Within(t, timeout+timeout/2, path, time.Since(begin))
				if path == "/debug/session" {
					decodeBody(t, body.Bytes(), &s)
				}
			}
			if s.Session.Reason != debug.ReasonStoreUnavailable || s.Session.Meaning == "" || s.Session.Fix == "" || s.Error == "" {
				t.Errorf("session: %+v, error %q", s.Session, s.Error)
			}
			if c := s.Cookie; c == nil || c.Count != 1 || c.Key != c.OurKeys[0] || c.Store != c.OurStore {
				t.Errorf("cookie: %+v", c)
			}
			until(t, time.Minute, "the probe says what the session says", func() bool { // on a busy machine one may hear of the fault, and the other wait in vain
				decodeBody(t, fetch(t, app, "GET", "/debug/session", cookie).Body.Bytes(), &s)
				w := fetch(t, app, "POST", "/debug/probe", cookie)
				var p debug.Problem
				decodeBody(t, w.Body.Bytes(), &p)
				if w.Code != http.StatusServiceUnavailable || p.Reason != s.Session.Reason {
					t.Fatalf("probe: status %d, %+v", w.Code, p)
				}
				return p.Meaning == s.Session.Meaning && p.Fix == s.Session.Fix
			})

			fault.end(server)
			until(t, time.Minute, "the session is loaded again", func() bool {
				var s debug.SessionReport
				decodeBody(t, fetch(t, app, "GET", "/debug/session", cookie).Body.Bytes(), &s)
				return s.Session.Status == "loaded"
			})
		})
	}
}

func startDebug(t *testing.T, url string, timeout time.Duration) http.Handler {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	store, err := redis.Open(t.Context(), url, redis.WithTimeout(timeout), redis.WithLogger(quiet))
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Config{Mode: config.Development, SecretKey: config.NewSecret(secret), RedisURL: config.NewSecret(url), Timeout: timeout, DebugEndpoints: true}
	sessions, err := session.NewManager(t.Context(), cfg, store, session.WithLogger(quiet))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sessions.Close() })
	return httpsession.Install(http.NewServeMux(), sessions, debug.New(sessions, debug.WithLogger(quiet)))
}

func fetch(t *testing.T, app http.Handler, method, path string, cookie *http.Cookie) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil).WithContext(t.Context())
	r.RemoteAddr, r.Host = "127.0.0.1:40000", "localhost:8080"
	if cookie != nil {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	return w
}

func cookieAfterProbe(t *testing.T, app http.Handler) *http.Cookie {
	t.Helper()
	var cookies []*http.Cookie
	until(t, time.Minute, "the probe has made a session", func() bool { // on a busy machine not within the first timeout
		w := fetch(t, app, "POST", "/debug/probe", nil)
		cookies = w.Result().Cookies()
		return w.Code == http.StatusOK && len(cookies) == 1
	})
	return cookies[0]
}

func decodeBody(t *testing.T, body []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(body, v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
}
