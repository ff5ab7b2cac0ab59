package adaptertest

import (
	"errors"
	"net/http"
	"strconv"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// userCases are about logging in and out, and about what is for those who
// are logged in.
func userCases() []testCase {
	return []testCase{
		{"log in, work, log out", logInAndOut},
		{"a login keeps the cart and ends the old id", loginKeepsCart},
		{"109 everywhere: the other browsers are logged out too", logOutEverywhere},
		{"RequireUser", requireUser},
		{"RequireUser with an answer of the app's own", requireUserDenied},
		{"7.1.2 a limit of sessions per user", limitPerUser},
		{"7.5.3 RequireFresh", requireFresh},
		{"7.5.3 RequireFresh with an answer of the app's own", requireFreshDenied},
		{"102 RequireUser cannot tell while the store is down", requireUserDown},
	}
}

func logInAndOut(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/user").want(http.StatusOK, "")
	b.get("/login?user=ada").wantStatus(http.StatusSeeOther).wantHeader("Location", "/user").wantCookie()
	s.store.wantCalls(t, "a login without a session before", "save")
	b.get("/user").want(http.StatusOK, "ada").wantNoCookie()
	cookie, id := b.cookie(), b.id()
	b.get("/logout").wantStatus(http.StatusSeeOther).wantRemoval()
	s.store.wantGone(t, id)
	if left := b.cookie(); left != "" {
		t.Errorf("after the logout the browser still has %q", left)
	}
	b.get("/user").want(http.StatusOK, "")
	s.visit("/user", cookie).want(http.StatusOK, "")
}

func loginKeepsCart(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/set?key=cart&value=book")
	planted, id := b.cookie(), b.id()
	b.get("/login?user=ada").wantStatus(http.StatusSeeOther).wantCookie()
	s.store.wantGone(t, id)
	b.get("/read?key=cart").want(http.StatusOK, "book")
	s.visit("/user", planted).want(http.StatusOK, "")

	b.get("/login?user=bob").wantStatus(http.StatusSeeOther).wantCookie()
	b.get("/user").want(http.StatusOK, "bob")
	b.get("/read?key=cart").want(http.StatusOK, "")
}

func logOutEverywhere(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handle("/everywhere", func(x Exchange) error {
		n, err := auth.LogoutEverywhere(x.Context(), s.Sessions)
		if err != nil {
			return err
		}
		return x.Write(http.StatusOK, strconv.Itoa(n))
	})
	phone, laptop, other := s.browser(), s.browser(), s.browser()
	phone.get("/login?user=ada")
	laptop.get("/login?user=ada")
	other.get("/login?user=bob")
	if _, err := s.Sessions.UserSessions(t.Context(), "ada"); errors.Is(err, session.ErrNoUserIndex) {
		t.Skip(err)
	}
	phone.get("/everywhere").want(http.StatusOK, "2").wantRemoval()
	laptop.get("/user").want(http.StatusOK, "")
	laptop.get("/status").want(http.StatusOK, "rejected: not-found")
	other.get("/user").want(http.StatusOK, "bob")
}

// private adds a route for those who are logged in.
func (s *site) private(path string, denied func(x Exchange) error) {
	s.Routes = append(s.Routes, Route{
		Method: http.MethodGet, Path: path, RequireUser: true, Denied: denied,
		Handle: func(x Exchange) error {
			user, _ := auth.User(x.Context()) // no check of its own
			return x.Write(http.StatusOK, "only for "+user)
		},
	})
}

func requireUser(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.private("/private", nil)
	b := s.browser()
	b.get("/private").wantStatus(http.StatusUnauthorized).wantNoCookie().wantHeader("Vary", "Cookie")
	s.store.wantCalls(t, "a visit without a cookie", "")
	b.get("/login?user=ada")
	b.get("/private").want(http.StatusOK, "only for ada")
	b.get("/logout")
	b.get("/private").wantStatus(http.StatusUnauthorized)
}

func requireUserDenied(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.private("/private", withSession(func(x Exchange, v *session.Session) error {
		if err := session.Set(v, "wanted", "/private"); err != nil {
			return err
		}
		return x.Redirect(http.StatusSeeOther, "/login")
	}))
	b := s.browser()
	b.get("/private").wantStatus(http.StatusSeeOther).wantHeader("Location", "/login").wantCookie()
	b.get("/read?key=wanted").want(http.StatusOK, "/private")
	b.get("/login?user=ada")
	b.get("/private").want(http.StatusOK, "only for ada")
}

func requireUserDown(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.private("/private", func(x Exchange) error { return x.Write(http.StatusOK, "log in first") })
	b := s.browser()
	b.get("/login?user=ada")
	s.store.failOn("load")
	b.get("/private").wantStatus(http.StatusServiceUnavailable).wantHeader("Retry-After", "1").wantNoCookie()
	s.store.mend()
	b.get("/private").want(http.StatusOK, "only for ada")
}
