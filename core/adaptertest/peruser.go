package adaptertest

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

func limitPerUser(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{MaxPerUser: 2})
	if _, err := s.Sessions.UserSessions(t.Context(), "ada"); errors.Is(err, session.ErrNoUserIndex) {
		t.Skip(err)
	}
	phone, laptop, tablet, bob := s.browser(), s.browser(), s.browser(), s.browser()
	phone.get("/login?user=ada")
	oldest := phone.id()
	s.agedLogin(phone, 2*time.Hour)
	laptop.get("/set?key=cart&value=book")
	laptop.get("/login?user=ada")
	laptop.get("/login?user=ada") // again: it is one session still
	bob.get("/login?user=bob")
	phone.get("/user").want(http.StatusOK, "ada")

	tablet.get("/login?user=ada").wantStatus(http.StatusSeeOther).wantCookie()
	phone.get("/status").want(http.StatusOK, "rejected: session-limit").wantNoCookie()
	phone.get("/user").want(http.StatusOK, "")
	if list, err := s.Sessions.UserSessions(t.Context(), "ada"); err != nil || len(list) != 2 {
		t.Errorf("%d sessions are listed, error %v", len(list), err)
	}
	r, err := s.store.Store.Load(t.Context(), oldest)
	if err == nil && (r.User != "" || !r.Values.IsEmpty()) {
		t.Errorf("of the ended session the user or values are left: %+v", r)
	}
	laptop.get("/read?key=cart").want(http.StatusOK, "book")
	for b, user := range map[*browser]string{laptop: "ada", tablet: "ada", bob: "bob"} {
		b.get("/user").want(http.StatusOK, user)
	}

	s.agedLogin(laptop, time.Hour)
	phone.get("/login?user=ada").wantCookie()
	phone.get("/user").want(http.StatusOK, "ada")
	laptop.get("/status").want(http.StatusOK, "rejected: session-limit")
}
