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
		{"117 a late request with the id from before", lateAfterRenewal},
		{"118 a logout with the id from before", logoutAfterRenewal},
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
	s.visit("/status", old).want(http.StatusOK, "rejected: renewed")
}

// lateAfterRenewal: a request that was on its way while its session got a new
// id learns nothing, changes nothing, and leaves the browser's cookie alone.
func lateAfterRenewal(t *testing.T, st *suite) {
	for _, change := range []string{"/renew", "/login?user=ada"} {
		s := st.newSite(t, config.Config{})
		s.handleSession("/flash", func(x Exchange, v *session.Session) error {
			if err := v.Flash("note", "late"); err != nil {
				return err
			}
			return x.Write(http.StatusOK, "noted")
		})
		b := s.browser()
		b.get("/set?key=color&value=red")
		old := b.cookie()
		b.get(change).wantCookie()
		s.store.took()
		s.visit("/plain", old).wantNoCookie()
		s.visit("/read?key=color", old).want(http.StatusOK, "").wantNoCookie()
		s.visit("/user", old).want(http.StatusOK, "").wantNoCookie()
		s.visit("/status", old).want(http.StatusOK, "rejected: renewed").wantNoCookie()
		s.store.wantCalls(t, "three late reads", "load load load")
		for _, write := range []string{"/set?key=color&value=blue", "/flash", "/renew", "/login?user=eve"} {
			s.visit(write, old).wantStatus(http.StatusConflict).wantNoCookie()
		}
		s.store.wantCalls(t, "four late writes", "load load load load")
		b.get("/read?key=color").want(http.StatusOK, "red").wantNoCookie()
	}
}

// logoutAfterRenewal: who logs out in one tab while another tab has renewed
// the session is logged out, once and twice removed.
func logoutAfterRenewal(t *testing.T, st *suite) {
	for _, renewals := range []int{1, 3} {
		s := st.newSite(t, config.Config{})
		b := s.browser()
		b.get("/login?user=ada")
		old := b.cookie()
		for range renewals {
			b.get("/renew").wantCookie()
		}
		b.get("/user").want(http.StatusOK, "ada")
		s.visit("/logout", old).wantStatus(http.StatusSeeOther).wantRemoval()
		b.get("/user").want(http.StatusOK, "")
		b.get("/status").want(http.StatusOK, "rejected: not-found")
	}
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
