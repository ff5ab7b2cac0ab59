package adaptertest

import (
	"net/http"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// renewCases are about a session that gets a new id.
func renewCases() []testCase {
	return []testCase{
		{"70 new id, same data, the old id dead at once", renewed},
		{"71 renewed twice in one request", renewedTwice},
		{"71 renewed before it was first saved", renewedBeforeSave},
		{"72 renewed and changed in one request", renewedAndChanged},
		{"renewed after the answer began", renewedLate},
	}
}

func renewed(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/set?key=color&value=red")
	old, id := b.cookie(), b.id()
	b.get("/renew").want(http.StatusOK, "renewed").wantCookie()
	if b.cookie() == old {
		t.Fatal("the cookie is the same")
	}
	s.store.wantGone(t, id)
	b.get("/read?key=color").want(http.StatusOK, "red").wantNoCookie()
	s.visit("/status", old).want(http.StatusOK, "rejected: not-found")
}

// changeThenRenew does, in the order that the query gives, what its letters
// stand for.
func changeThenRenew(s *site) {
	s.handleSession("/steps", func(x Exchange, v *session.Session) error {
		for _, step := range x.Query("do") {
			var err error
			switch step {
			case 'r':
				err = v.Renew(x.Context())
			case 's':
				err = v.Commit(x.Context())
			default:
				err = session.Set(v, string(step), "changed")
			}
			if err != nil {
				return err
			}
		}
		return x.Write(http.StatusOK, "done")
	})
}

func renewedTwice(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	changeThenRenew(s)
	b := s.browser()
	b.get("/set?key=color&value=red")
	id := b.id()
	b.get("/steps?do=rr").want(http.StatusOK, "done").wantCookie()
	s.store.wantGone(t, id)
	b.get("/read?key=color").want(http.StatusOK, "red")
}

func renewedBeforeSave(t *testing.T, st *suite) {
	for _, do := range []string{"ra", "ar", "arss", "rass", "sras", "asrs", "rrass"} {
		s := st.newSite(t, config.Config{})
		changeThenRenew(s)
		b := s.browser()
		b.get("/steps?do="+do).want(http.StatusOK, "done").wantCookie()
		b.get("/read?key=a").want(http.StatusOK, "changed").wantNoCookie()
	}
}

func renewedAndChanged(t *testing.T, st *suite) {
	for _, do := range []string{"ar", "ra", "arb", "asrbs"} {
		s := st.newSite(t, config.Config{})
		changeThenRenew(s)
		b := s.browser()
		b.get("/set?key=color&value=red")
		id := b.id()
		b.get("/steps?do="+do).want(http.StatusOK, "done").wantCookie()
		s.store.wantGone(t, id)
		b.get("/read?key=a").want(http.StatusOK, "changed")
		b.get("/read?key=color").want(http.StatusOK, "red")
	}
}

func renewedLate(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handle("/late", func(x Exchange) error {
		ctx := x.Context()
		return x.Stream(func(v *session.Session, send func(string) error) {
			send("first,")
			if err := v.Renew(ctx); err != nil {
				send(err.Error())
			}
		})
	})
	b := s.browser()
	b.get("/set?key=color&value=red")
	b.get("/late").want(http.StatusOK, "first,"+session.ErrHeadersSent.Error()).wantNoCookie()
	b.get("/read?key=color").want(http.StatusOK, "red")
}
