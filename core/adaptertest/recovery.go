package adaptertest

import (
	"context"
	"net/http"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// recoveryCases are about what goes on working, and what works again, when
// something fails.
func recoveryCases() []testCase {
	return []testCase{
		{"105 the store is gone and back", goneAndBack},
		{"107 a handler may go on without its session", goesOn},
		{"104 a record that was set aside is a fresh session", setAside},
		{"what a handler did is saved though the browser has gone", browserGoes},
		{"after a panic nothing is saved and the server lives", panics},
		{"after a panic in mid-answer nothing more is saved", panicsLate},
	}
}

func goneAndBack(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/login?user=ada")
	for range 2 {
		s.store.failOn("load", "save", "touch", "delete")
		b.get("/plain").want(http.StatusOK, "plain")
		b.get("/user").wantStatus(http.StatusServiceUnavailable).wantNoCookie()
		b.get("/logout").wantStatus(http.StatusServiceUnavailable).wantNoCookie()
		newcomer := s.browser()
		newcomer.get("/user").want(http.StatusOK, "")
		newcomer.get("/login?user=bob").wantStatus(http.StatusServiceUnavailable).wantNoCookie()
		s.store.mend()
		b.get("/user").want(http.StatusOK, "ada")
	}
}

func goesOn(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handle("/greet", func(x Exchange) error {
		v, err := x.Session()
		if err != nil {
			return x.Write(http.StatusOK, "hello, whoever you are")
		}
		return x.Write(http.StatusOK, "hello, "+v.User())
	})
	b := s.browser()
	b.get("/login?user=ada")
	s.store.failOn("load")
	b.get("/greet").want(http.StatusOK, "hello, whoever you are").wantNoCookie().wantHeader("Vary", "Cookie")
	s.store.mend()
	b.get("/greet").want(http.StatusOK, "hello, ada")
}

func setAside(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/set?key=color&value=red")
	s.store.fail(func(_ context.Context, op string) error {
		if op == "load" {
			return driver.ErrNotFound // what the contract asks of a store that cannot decode a record
		}
		return nil
	})
	b.get("/read?key=color").want(http.StatusOK, "")
	b.get("/status").want(http.StatusOK, "rejected: not-found")
	b.get("/set?key=color&value=blue").want(http.StatusOK, "set").wantCookie()
	s.store.mend()
	b.get("/read?key=color").want(http.StatusOK, "blue")
}

func browserGoes(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	g := newGate()
	s.handleSession("/slow", func(x Exchange, v *session.Session) error {
		if err := g.pass(); err != nil {
			return err
		}
		if err := session.Set(v, "color", "blue"); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "saved")
	})
	b := s.browser()
	b.get("/set?key=color&value=red")
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		_, err := b.try("/slow", func(r *http.Request) { *r = *r.WithContext(ctx) })
		gone <- err
	}()
	g.await(t)
	leave()
	if err := <-gone; err == nil {
		t.Fatal("the browser has an answer although it left")
	}
	g.release()
	s.eventually(b, "/read?key=color", "blue")
}

func panics(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handleSession("/panic", func(x Exchange, v *session.Session) error {
		if err := session.Set(v, "color", "blue"); err != nil {
			return err
		}
		panic("in the handler")
	})
	b := s.browser()
	b.get("/set?key=color&value=red")
	cookie := header("Cookie", b.cookie())
	s.store.took()
	for range 2 {
		// net/http cuts the connection; a framework may answer 500. On a
		// connection that was used before the client would try again.
		if a, err := s.browser().stranger().try("/panic", cookie); err == nil {
			a.wantStatus(http.StatusInternalServerError).wantNoCookie()
		}
		s.store.wantCalls(t, "a panic", "load")
	}
	if a, err := s.browser().try("/panic"); err == nil {
		a.wantStatus(http.StatusInternalServerError).wantNoCookie()
	}
	s.store.wantCalls(t, "a panic of a new visitor", "")
	b.get("/read?key=color").want(http.StatusOK, "red")
}

func panicsLate(t *testing.T, st *suite) {
	needsHTTP(func(t *testing.T, s *site) {
		s.handleHTTP("/panic", func(w http.ResponseWriter, _ *http.Request, v *session.Session) error {
			if err := http.NewResponseController(w).Flush(); err != nil {
				return err
			}
			if err := session.Set(v, "color", "blue"); err != nil {
				return err
			}
			panic("in the handler")
		})
		b := s.browser()
		b.try("/panic")
		s.browser().get("/plain").want(http.StatusOK, "plain")
		s.store.wantCalls(t, "a panic after the flush", "save")
	})(t, st)
}
