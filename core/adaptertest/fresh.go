package adaptertest

import (
	"net/http"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
)

// freshRoutes adds a route for those who have proved lately who they are, one on which
// the handler asks for that itself, and one on which they do.
func (s *site) freshRoutes(maxAge time.Duration, denied func(x Exchange) error) {
	s.Routes = append(s.Routes, Route{
		Method: http.MethodGet, Path: "/sensitive", RequireFresh: maxAge, Denied: denied,
		Handle: func(x Exchange) error { return x.Write(http.StatusOK, "changed") },
	})
	s.handle("/require-fresh", func(x Exchange) error {
		user, err := auth.RequireFresh(x.Context(), maxAge)
		if err != nil {
			return err
		}
		return x.Write(http.StatusOK, user)
	})
	s.handle("/confirm", func(x Exchange) error {
		if err := auth.Confirm(x.Context()); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "confirmed")
	})
}

// agedLogin has the login of b's session be longer ago.
func (s *site) agedLogin(b *browser, by time.Duration) {
	s.t.Helper()
	id := b.id()
	r, err := s.store.Store.Load(s.t.Context(), id)
	if err == nil {
		r.Created = r.Created.Add(-by)
		err = s.store.Store.Save(s.t.Context(), id, r)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func requireFresh(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.freshRoutes(12*time.Hour, nil)
	b := s.browser()
	for _, path := range []string{"/sensitive", "/require-fresh", "/confirm"} {
		b.get(path).wantStatus(http.StatusUnauthorized).wantNoCookie()
	}
	b.get("/login?user=ada")
	b.get("/sensitive").want(http.StatusOK, "changed")
	b.get("/require-fresh").want(http.StatusOK, "ada")

	s.agedLogin(b, 13*time.Hour)
	b.get("/renew").want(http.StatusOK, "renewed")
	b.get("/sensitive").wantStatus(http.StatusUnauthorized).wantNoCookie().wantHeader("Vary", "Cookie").wantHeader("Www-Authenticate", "")
	b.get("/require-fresh").wantStatus(http.StatusUnauthorized)
	b.get("/user").want(http.StatusOK, "ada")

	stale, id := b.cookie(), b.id()
	b.get("/confirm").want(http.StatusOK, "confirmed").wantCookie()
	s.store.wantGone(t, id)
	s.visit("/user", stale).want(http.StatusOK, "")
	b.get("/sensitive").want(http.StatusOK, "changed")
	b.get("/require-fresh").want(http.StatusOK, "ada")
}

func requireFreshDenied(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.freshRoutes(12*time.Hour, func(x Exchange) error { return x.Redirect(http.StatusSeeOther, "/password") })
	b := s.browser()
	b.get("/sensitive").wantStatus(http.StatusSeeOther).wantHeader("Location", "/password")
	b.get("/login?user=ada")
	b.get("/sensitive").want(http.StatusOK, "changed")
	s.agedLogin(b, 13*time.Hour)
	b.get("/sensitive").wantStatus(http.StatusSeeOther).wantHeader("Location", "/password")
	s.store.failOn("load")
	b.get("/sensitive").wantStatus(http.StatusServiceUnavailable).wantHeader("Retry-After", "1")
}

func phoneRequireFresh(t *testing.T, st *suite, from config.TokenSource) {
	s := st.phoneSite(t, from)
	s.freshRoutes(-time.Second, nil)
	nobody, stale := `Bearer realm="session"`, `Bearer realm="session", error="insufficient_user_authentication", max_age="0"`
	if from != config.TokenBearer {
		nobody, stale = "", ""
	}
	p := s.phone(from)
	for _, path := range []string{"/sensitive", "/require-fresh"} {
		p.token = ""
		p.get(path).wantStatus(http.StatusUnauthorized).wantHeader("Www-Authenticate", nobody)
		p.get("/login?user=ada")
		p.get(path).wantStatus(http.StatusUnauthorized).wantHeader("Www-Authenticate", stale).wantNoToken(from)
	}
	p.get("/confirm").want(http.StatusOK, "confirmed").wantToken(from)
	p.get("/user").want(http.StatusOK, "ada")
}
