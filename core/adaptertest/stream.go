package adaptertest

import (
	"io"
	"net/http"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// streamCases are about answers that have begun while the handler still
// works.
func streamCases() []testCase {
	return []testCase{
		{"62 63 the first piece arrives, with the cookie, while the handler works", firstPieceArrives},
		{"a late change is saved when the browser has the cookie", lateChange},
		{"a late change of a new session is an error in the log", lateChangeLost},
		{"a late change after a logout elsewhere brings nothing back", lateChangeGone},
	}
}

func firstPieceArrives(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	g := newGate()
	s.handleSession("/stream", func(x Exchange, v *session.Session) error {
		if err := session.Set(v, "color", "red"); err != nil {
			return err
		}
		return x.Stream(func(_ *session.Session, send func(string) error) {
			send("first,")
			if g.pass() == nil {
				send("second")
			}
		})
	})
	b := s.browser()
	res, err := b.open("/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	(&answer{t: t, path: "/stream", header: res.Header}).wantCookie()
	first := make([]byte, len("first,"))
	if _, err := io.ReadFull(res.Body, first); err != nil || string(first) != "first," {
		t.Fatalf("the first piece is %q, error %v", first, err)
	}
	b.get("/read?key=color").want(http.StatusOK, "red")
	g.await(t)
	g.release()
	if rest, err := io.ReadAll(res.Body); err != nil || string(rest) != "second" {
		t.Fatalf("the rest is %q, error %v", rest, err)
	}
}

// lateRoute changes the session after the first piece has left.
func lateRoute(s *site, meanwhile func() error) {
	s.handle("/late", func(x Exchange) error {
		return x.Stream(func(v *session.Session, send func(string) error) {
			err := send("first,")
			if err == nil && meanwhile != nil {
				err = meanwhile()
			}
			if err == nil {
				err = session.Set(v, "late", "yes")
			}
			if err != nil {
				send(err.Error())
				return
			}
			send("second")
		})
	})
}

func lateChange(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	lateRoute(s, nil)
	b := s.browser()
	b.get("/set?key=color&value=red")
	b.get("/late").want(http.StatusOK, "first,second").wantNoCookie()
	b.get("/read?key=late").want(http.StatusOK, "yes")
	b.get("/read?key=color").want(http.StatusOK, "red")
}

func lateChangeLost(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	lateRoute(s, nil)
	b := s.browser()
	b.get("/late").want(http.StatusOK, "first,second").wantNoCookie()
	s.store.wantCalls(t, "a session whose cookie cannot be set", "")
	s.log.wantLine(t, "level=ERROR", "lost", session.ErrHeadersSent.Error())
}

func lateChangeGone(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	g := newGate()
	lateRoute(s, g.pass)
	b := s.browser()
	b.get("/set?key=color&value=red")
	cookie, id := b.cookie(), b.id()
	done := make(chan error, 1)
	go func() { done <- b.expect("/late", "first,second") }()
	g.await(t)
	s.visit("/logout", cookie).wantRemoval()
	g.release()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	s.store.wantGone(t, id)
	s.log.wantLine(t, "level=WARN", "lost", session.ErrGone.Error())
}
