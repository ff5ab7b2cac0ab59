package adaptertest

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// nestingCases are about the middleware being there twice, once and not at
// all.
func nestingCases() []testCase {
	return []testCase{
		{"30 the middleware applied twice is harmless", appliedTwice},
		{"14 15 two managers do not mix", twoManagers},
		{"without the middleware the error names the missing call", noMiddleware},
	}
}

func appliedTwice(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.Inner = append(s.Inner, s.Sessions)
	b := s.browser()
	b.get("/set?key=color&value=red").want(http.StatusOK, "set").wantCookie()
	s.store.wantCalls(t, "the first value", "save")
	b.get("/read?key=color").want(http.StatusOK, "red").wantNoCookie().wantHeader("Vary", "Cookie")
	s.store.wantCalls(t, "reading", "load")
	b.get("/plain").want(http.StatusOK, "plain")
	s.store.wantCalls(t, "not asking", "")
	b.get("/logout").wantRemoval()
}

func twoManagers(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	other := newProbe(st.newStore(t))
	admin := s.newManager(other, config.Config{Cookie: config.Cookie{Name: "admin"}})
	s.Inner = append(s.Inner, admin)
	s.handle("/both", func(x Exchange) error {
		shop, err := s.Sessions.From(x.Context())
		if err != nil {
			return err
		}
		back, err := admin.From(x.Context())
		if err != nil {
			return err
		}
		innermost, err := session.From(x.Context())
		if err != nil {
			return err
		}
		was := fmt.Sprintf("%v %v %v %v", innermost == back, shop == back, shop.Keys(), back.Keys())
		if err := session.Set(shop, "cart", 1); err != nil {
			return err
		}
		if err := session.Set(back, "rights", 2); err != nil {
			return err
		}
		return x.Write(http.StatusOK, was)
	})
	b := s.browser()
	first := b.get("/both").want(http.StatusOK, "true false [] []").wantHeader("Vary", "Cookie")
	if a, b := first.wantCookie(), first.lookCookie("admin"); b == nil || a.Value == b.Value {
		t.Fatalf("want two cookies of their own, got %q", first.header.Values("Set-Cookie"))
	}
	s.store.wantCalls(t, "the first visit, one manager", "save")
	other.wantCalls(t, "the first visit, other manager", "save")
	second := b.get("/both").want(http.StatusOK, "true false [cart] [rights]").wantNoCookie()
	if c := second.lookCookie("admin"); c != nil {
		t.Fatalf("the second visit sets %q", c)
	}
}

func noMiddleware(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.Sessions = nil
	s.handle("/naked", func(x Exchange) error {
		_, err := x.Session()
		return x.Write(http.StatusOK, fmt.Sprint(err))
	})
	s.Routes = append(s.Routes, Route{Method: http.MethodGet, Path: "/private", RequireUser: true,
		Denied: func(x Exchange) error { return x.Write(http.StatusOK, "log in first") },
		Handle: func(x Exchange) error { return x.Write(http.StatusOK, "secret") },
	})
	b := s.browser()
	b.get("/naked").want(http.StatusOK, session.ErrNoMiddleware.Error())
	b.get("/plain").want(http.StatusOK, "plain")
	// Whether somebody is logged in cannot be told, so nobody passes, and
	// nobody is told to log in.
	b.get("/private").wantStatus(http.StatusInternalServerError)
}
