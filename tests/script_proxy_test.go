//go:build unix

package tests

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// front is one address in front of several apps: requests go to one after the
// other, with no header that says so.
func front(t *testing.T, apps ...*trial.App) string {
	t.Helper()
	return spoiled(t, func(w http.ResponseWriter, r *http.Request, app http.Handler) { app.ServeHTTP(w, r) }, apps...)
}

// spoiled is front with something in it that gets in the way.
func spoiled(t *testing.T, spoil func(w http.ResponseWriter, r *http.Request, app http.Handler), apps ...*trial.App) string {
	t.Helper()
	var turn atomic.Int64
	proxy := &httputil.ReverseProxy{
		Transport: &http.Transport{DisableKeepAlives: true},
		Rewrite: func(r *httputil.ProxyRequest) {
			app, err := url.Parse(apps[int(turn.Add(1))%len(apps)].URL)
			if err != nil {
				t.Error(err)
			}
			r.SetURL(app)
			if proto := r.In.Header["X-Forwarded-Proto"]; proto != nil { // which is taken out otherwise
				r.Out.Header["X-Forwarded-Proto"] = proto
			}
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { spoil(w, r, proxy) }))
	t.Cleanup(server.Close)
	return server.URL
}

// What stands in front of the app may spoil it too.
func TestScriptNamesBadProxies(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	app := trial.Start(t, "chi", "--secret-key", secret, "--workers", "2", "--debug-endpoints")
	var cached atomic.Pointer[httptest.ResponseRecorder]
	for _, c := range []struct {
		name    string
		spoil   func(w http.ResponseWriter, r *http.Request, app http.Handler)
		exit    int
		verdict string
		says    string
	}{{
		"Set-Cookie removed", func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			answer := record(app, r)
			answer.Header().Del("Set-Cookie")
			resend(w, answer)
		}, 1, "broken: cookie-lost", "something in front of the app removes Set-Cookie",
	}, {
		"Cookie removed", func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			r.Header.Del("Cookie")
			app.ServeHTTP(w, r)
		}, 1, "broken: cookie-lost", "the cookie that was sent did not arrive",
	}, {
		"answers from a cache", func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			if r.Method != http.MethodPost || r.Header.Get("Cookie") == "" {
				app.ServeHTTP(w, r)
				return
			}
			cached.CompareAndSwap(nil, record(app, r))
			resend(w, cached.Load())
		}, 1, "broken: lost-update", "it did not see what another one had saved",
	}, {
		"a logout that never arrives", func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			if r.URL.Query().Get("action") == "end" {
				io.WriteString(w, "{}")
				return
			}
			app.ServeHTTP(w, r)
		}, 1, "broken: logout-undone", "the ended session was accepted again",
	}, {
		"POST refused", func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			if r.Method == http.MethodPost {
				http.Error(w, "no", http.StatusForbidden)
				return
			}
			app.ServeHTTP(w, r)
		}, 2, "not tried: debug-differs", "something in front of them refuses POST",
	}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			address := spoiled(t, c.spoil, app)
			trialScript{args: []string{"--url", address, "--requests", "10", "--min-workers", "1"}}.expect(t, c.exit, c.verdict, c.says)
		})
	}
}

func record(app http.Handler, r *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	app.ServeHTTP(answer, r)
	return answer
}

func resend(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}
