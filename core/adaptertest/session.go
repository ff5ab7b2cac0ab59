package adaptertest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// sessionCases are about what one request does with its session, and what
// that costs.
func sessionCases() []testCase {
	return []testCase{
		{"22 a request that never asks costs nothing", neverAsks},
		{"1 24 an empty new session is not stored and sets no cookie", emptyNewSession},
		{"23 an unchanged session is not written", unchangedSession},
		{"25 an emptied session is saved", emptiedSession},
		{"26 27 after an explicit save the one at the end does nothing", explicitSave},
		{"21 asking again gives the same session", asksAgain},
		{"20 after destroy a new session begins in the same request", destroyAndBegin},
		{"52 destroying what the browser knows nothing of sets no cookie", destroyUnknown},
		{"29 nothing leaks from one request to the next", manyVisitors},
	}
}

func neverAsks(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/plain").want(http.StatusOK, "plain").wantNoCookie().wantHeader("Vary", "").wantHeader("Cache-Control", "")
	s.store.wantCalls(t, "a first visit that does not ask", "")

	b.get("/set?key=color&value=red").wantCookie()
	s.store.wantCalls(t, "the first value", "save")
	b.get("/plain").want(http.StatusOK, "plain").wantNoCookie().wantHeader("Vary", "")
	s.store.wantCalls(t, "a visit with a cookie that does not ask", "")
}

func emptyNewSession(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.browser().get("/read?key=color").want(http.StatusOK, "").wantNoCookie()
	s.store.wantCalls(t, "reading a new session", "")
}

func unchangedSession(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/set?key=color&value=red")
	s.store.took()
	b.get("/read?key=color").want(http.StatusOK, "red").wantNoCookie()
	s.store.wantCalls(t, "reading", "load")
}

func emptiedSession(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handleSession("/clear", func(x Exchange, v *session.Session) error {
		if err := v.Clear(); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "cleared")
	})
	b := s.browser()
	b.get("/set?key=color&value=red")
	s.store.took()
	b.get("/clear").want(http.StatusOK, "cleared").wantNoCookie()
	s.store.wantCalls(t, "clearing", "load save")
	b.get("/read?key=color").want(http.StatusOK, "")
	b.get("/status").want(http.StatusOK, "loaded")
}

func explicitSave(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handleSession("/save", func(x Exchange, v *session.Session) error {
		if err := session.Set(v, "color", "red"); err != nil {
			return err
		}
		for range 2 {
			if err := v.Commit(x.Context()); err != nil {
				return err
			}
		}
		return x.Write(http.StatusOK, "saved")
	})
	b := s.browser()
	b.get("/save").want(http.StatusOK, "saved").wantCookie()
	s.store.wantCalls(t, "saving a new session twice", "save")
	b.get("/save").want(http.StatusOK, "saved").wantNoCookie()
	s.store.wantCalls(t, "saving an existing one twice", "load save")
	b.get("/read?key=color").want(http.StatusOK, "red")
}

func asksAgain(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handleSession("/again", func(x Exchange, v *session.Session) error {
		again, err := x.Session()
		if err != nil {
			return err
		}
		from, err := session.From(x.Context())
		if err != nil {
			return err
		}
		mine, err := s.Sessions.From(x.Context())
		if err != nil {
			return err
		}
		return x.Write(http.StatusOK, fmt.Sprint(v == again, v == from, v == mine))
	})
	b := s.browser()
	b.get("/set?key=color&value=red")
	s.store.took()
	b.get("/again").want(http.StatusOK, "true true true")
	s.store.wantCalls(t, "asking four times", "load")
}

func destroyAndBegin(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handleSession("/anew", func(x Exchange, old *session.Session) error {
		if err := old.Destroy(x.Context()); err != nil {
			return err
		}
		v, err := x.Session()
		if err != nil {
			return err
		}
		before, err := session.Get[string](v, "color")
		if err != nil {
			return err
		}
		if err := session.Set(v, "color", "blue"); err != nil {
			return err
		}
		return x.Write(http.StatusOK, fmt.Sprintf("%v %q", old == v, before))
	})
	b := s.browser()
	b.get("/set?key=color&value=red")
	old, id := b.cookie(), b.id()
	b.get("/anew").want(http.StatusOK, `false ""`).wantCookie()
	s.store.wantGone(t, id)
	b.get("/read?key=color").want(http.StatusOK, "blue")
	s.visit("/status", old).want(http.StatusOK, "rejected: not-found")
}

func destroyUnknown(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handleSession("/brief", func(x Exchange, v *session.Session) error {
		if err := session.Set(v, "color", "red"); err != nil {
			return err
		}
		if x.Query("save") != "" {
			if err := v.Commit(x.Context()); err != nil {
				return err
			}
		}
		if err := v.Destroy(x.Context()); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "brief")
	})
	b := s.browser()
	b.get("/brief").want(http.StatusOK, "brief").wantNoCookie()
	b.get("/brief?save=1").want(http.StatusOK, "brief").wantNoCookie()
	b.get("/logout").wantStatus(http.StatusSeeOther).wantNoCookie()
}

func manyVisitors(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	const visitors, visits = 6, 12
	browsers := make([]*browser, visitors)
	for i := range browsers {
		browsers[i] = s.browser()
	}
	s.together(visitors, func(i int) error {
		b, stranger := browsers[i], browsers[i].stranger()
		for n := range visits {
			value := strings.Repeat(fmt.Sprintf("%d.%d ", i, n), 1+(i+n)%7)
			if err := b.expect("/set?key=mine&value="+strings.ReplaceAll(value, " ", "+"), "set"); err != nil {
				return err
			}
			if err := b.expect("/plain", "plain"); err != nil {
				return err
			}
			if err := b.expect("/read?key=mine", value); err != nil {
				return err
			}
			if err := stranger.expect("/read?key=mine", ""); err != nil {
				return err
			}
		}
		return nil
	})
}
