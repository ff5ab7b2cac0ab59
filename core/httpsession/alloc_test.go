//go:build !race

package httpsession_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// What the middleware may allocate on top of the bare handler. A change that
// needs more should be worth it. Not parallel: it counts allocations. The race
// detector empties pools at random, so it is left out.
func TestAllocations(t *testing.T) {
	sessions := newManager(t)
	testAllocations(t, sessions)
	sessions.Diagnostics().Counts() // which observes from here on, and allocates nothing either
	testAllocations(t, sessions)
}

func testAllocations(t *testing.T, sessions *session.Manager) {
	t.Helper()
	mw := httpsession.Middleware(sessions)
	cookie := ""
	serve := func(h http.Handler) float64 {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if cookie != "" {
			r.Header.Set("Cookie", cookie)
		}
		w := discard{http.Header{}}
		return testing.AllocsPerRun(200, func() {
			clear(w.h)
			h.ServeHTTP(w, r)
		})
	}
	with := func(f func(s *session.Session) error) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s, err := httpsession.Get(r)
			if err == nil {
				err = f(s)
			}
			if err != nil {
				t.Error(err)
			}
			w.Write(ok)
		})
	}
	bare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(ok) })
	write := with(func(s *session.Session) error { return session.Set(s, "color", "red") })
	rec := httptest.NewRecorder()
	mw(write).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
	fresh := serve(mw(write))
	cookie = "session=" + rec.Result().Cookies()[0].Value

	least := serve(bare)
	for _, c := range []struct {
		name string
		got  float64
		most float64
	}{
		{"not touched", serve(mw(bare)), 1},
		{"read", serve(mw(with(func(s *session.Session) error {
			_, err := session.Get[string](s, "color")
			return err
		}))), 3},
		{"write", serve(mw(write)), 11},
		{"new", fresh, 13},
	} {
		if c.got-least > c.most {
			t.Errorf("%s: %v allocations more than a bare handler, at most %v wanted", c.name, c.got-least, c.most)
		}
	}
}

// Tokens in headers cost no more than cookies, and no request that has none pays
// for them.
func TestAllocationsOfTokens(t *testing.T) {
	sessions := sessiontest.NewManager(t, session.WithTokenFrom(config.TokenBearer, config.TokenHeader("X-Session"), config.TokenCookie))
	mw := httpsession.Middleware(sessions)
	bare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(ok) })
	read := mw(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s, err := httpsession.Get(r); err != nil || s.User() != "ada" {
			t.Error(s, err)
		}
		w.Write(ok)
	}))
	for _, header := range []string{"Authorization", "X-Session", ""} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if empty, ok := map[string]string{"Authorization": "Bearer", "X-Session": ""}[header]; ok {
			r.Header.Set(header, empty)
		}
		sessiontest.LogIn(t, sessions, r, "ada")
		serve := func(h http.Handler) float64 {
			w := discard{http.Header{}}
			return testing.AllocsPerRun(200, func() {
				clear(w.h)
				h.ServeHTTP(w, r)
			})
		}
		if least, untouched, reading := serve(bare), serve(mw(bare)), serve(read); untouched-least > 1 || reading-least > 3 {
			t.Errorf("%q: %v allocations untouched, %v to read, and %v for a bare handler", header, untouched, reading, least)
		}
	}
}
