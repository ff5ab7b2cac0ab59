package adaptertest

import (
	"net/http"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// The cases of this file are about tokens in headers beside other managers, a
// connection that is taken over, and RequireUser.

func phoneTwoManagers(t *testing.T, st *suite, from config.TokenSource) {
	s := st.phoneSite(t, from)
	cart := config.TokenHeader("X-Cart")
	inner, err := s.Sessions.Named("cart", session.WithTokenFrom(cart))
	if err != nil {
		t.Fatal(err)
	}
	s.Inner = []*session.Manager{inner}
	s.handle("/both", func(x Exchange) error {
		outer, err := s.Sessions.From(x.Context())
		if err != nil {
			return err
		}
		mine, err := inner.From(x.Context())
		if err != nil {
			return err
		}
		return x.Write(http.StatusOK, outer.Status().String()+", "+mine.Status().String())
	})
	s.handle("/buy", func(x Exchange) error {
		outer, err := s.Sessions.From(x.Context())
		if err != nil {
			return err
		}
		mine, err := inner.From(x.Context())
		if err != nil {
			return err
		}
		if err := session.Set(outer, "color", "red"); err != nil {
			return err
		}
		if err := session.Set(mine, "item", "tea"); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "bought")
	})
	p := s.phone(from)
	a := p.get("/buy").want(http.StatusOK, "bought")
	outer, mine := a.wantToken(from), a.wantToken(cart)
	a = p.get("/both", present(cart, mine)).want(http.StatusOK, "loaded, loaded")
	a.wantVary(from.Header())
	a.wantVary("X-Cart")
	p.get("/both", present(cart, outer)).want(http.StatusOK, "loaded, rejected: bad-signature")
}

func phoneHijacks(t *testing.T, st *suite, from config.TokenSource) {
	needsHTTP(func(t *testing.T, _ *site) {
		s := st.phoneSite(t, from)
		s.handleHTTP("/upgrade", func(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
			conn, rw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return err
			}
			defer conn.Close()
			if r.FormValue("headers") != "" {
				return sendRaw(rw, w.Header(), "upgraded")
			}
			return sendRaw(rw, http.Header{}, "upgraded")
		})
		const line = "without the session's new cookie"
		p := s.phone(from)
		p.get("/upgrade?headers=1").want(http.StatusOK, "upgraded").wantToken(from)
		p.token = ""
		if s.log.hasLine(line) {
			t.Errorf("a token that was sent is missed: %s", s.log)
		}
		if p.get("/upgrade").want(http.StatusOK, "upgraded"); p.token == "" {
			t.Error("the token is lost")
		}
		p.get("/status").want(http.StatusOK, "loaded")
		s.log.wantLine(t, "level=WARN", line, "added=true")
	})(t, st)
}

func phoneRequireUser(t *testing.T, st *suite, from config.TokenSource) {
	s := st.phoneSite(t, from)
	s.private("/private", nil)
	s.handle("/require", func(x Exchange) error {
		user, err := auth.Require(x.Context())
		if err != nil {
			return err
		}
		return x.Write(http.StatusOK, user)
	})
	plain, invalid := `Bearer realm="session"`, `Bearer realm="session", error="invalid_token"`
	if from != config.TokenBearer {
		plain, invalid = "", ""
	}
	p := s.phone(from)
	for _, path := range []string{"/private", "/require"} {
		p.browser.get(path).wantStatus(http.StatusUnauthorized).wantHeader("Www-Authenticate", plain)
		p.token = ""
		p.get(path).wantStatus(http.StatusUnauthorized).wantHeader("Www-Authenticate", plain)
		p.get("/set?key=color&value=red")
		p.get(path).wantStatus(http.StatusUnauthorized).wantHeader("Www-Authenticate", plain) // the token is good, and nobody is logged in
		p.get("/login?user=ada")
		p.get(path).wantStatus(http.StatusOK).wantHeader("Www-Authenticate", "")
		dead := p.token
		p.get("/logout")
		for _, bad := range []string{dead, "junk"} {
			p.browser.get(path, present(from, bad)).wantStatus(http.StatusUnauthorized).wantHeader("Www-Authenticate", invalid)
		}
		s.store.failOn("load")
		p.browser.get(path, present(from, dead)).wantStatus(http.StatusServiceUnavailable).wantHeader("Www-Authenticate", "")
		s.store.mend()
	}
	p.get("/read?key=color").wantStatus(http.StatusOK).wantHeader("Www-Authenticate", "")
}
