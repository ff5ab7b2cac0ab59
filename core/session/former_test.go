package session_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// renamed are managers of one app before and after its cookie's name got the
// prefix, as it does in production by default.
func renamed(t *testing.T) (before, after *session.Manager) {
	t.Helper()
	store := memstore.New(0)
	old := inMode(config.Production)
	old.Cookie.Name = "session"
	return newManager(t, old, store), newManager(t, inMode(config.Production), store)
}

// ask makes a request that carries the cookies, over TLS, and returns what its
// answer sets.
func ask(t *testing.T, m *session.Manager, cookies string, f func(s *session.Session)) session.Outgoing {
	t.Helper()
	ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{TLS: true, Cookies: []string{cookies}})
	f(from(t, ctx))
	out, err := x.Commit()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func setCookieOf(t *testing.T, line string) *http.Cookie {
	t.Helper()
	c, err := http.ParseSetCookie(line)
	if err != nil {
		t.Fatalf("Set-Cookie %q: %v", line, err)
	}
	return c
}

// The change to __Host-session logs nobody out: a cookie of the old name counts
// and is issued anew under the new one.
func TestFormerName(t *testing.T) {
	t.Parallel()
	before, after := renamed(t)
	want(t, "name", after.Config().Cookie.Name, "__Host-session")
	old := made(t, before, "ada")
	out := ask(t, after, old.cookie, func(s *session.Session) {
		want(t, "user", s.User(), "ada")
		want(t, "status", s.Status().String(), "loaded")
		want(t, "name", s.CookieName(), "session")
	})
	c := setCookieOf(t, out.SetCookie)
	if c.Name != "__Host-session" || !c.Secure || c.Path != "/" || c.Domain != "" || c.MaxAge <= 0 {
		t.Errorf("issued %q", out.SetCookie)
	}
	want(t, "an old worker still needs it: removed", out.Forget, "")
	now := c.Name + "=" + c.Value
	for _, cookies := range []string{now, old.cookie + "; " + now, now + "; " + old.cookie} {
		out = ask(t, after, cookies, func(s *session.Session) { want(t, "user", s.User(), "ada") })
		want(t, "set again", out, session.Outgoing{Vary: true})
	}
	ask(t, before, old.cookie, func(s *session.Session) { want(t, "user before", s.User(), "ada") })
}

// Once its session has another id, or has ended, the old cookie is worth
// nothing to anybody, and the browser is told to forget it.
func TestFormerNameIsRemoved(t *testing.T) {
	t.Parallel()
	before, after := renamed(t)
	for name, act := range map[string]func(s *session.Session) error{
		"login":  func(s *session.Session) error { return s.RenewAs(t.Context(), "grace") },
		"renew":  func(s *session.Session) error { return s.Renew(t.Context()) },
		"logout": func(s *session.Session) error { return s.Destroy(t.Context()) },
	} {
		for _, both := range []bool{false, true} {
			old := made(t, before, "ada")
			cookies := old.cookie
			if both {
				c := setCookieOf(t, ask(t, after, cookies, func(*session.Session) {}).SetCookie)
				cookies += "; " + c.Name + "=" + c.Value
			}
			out := ask(t, after, cookies, func(s *session.Session) {
				if err := act(s); err != nil {
					t.Fatal(err)
				}
			})
			removed, set := setCookieOf(t, out.Forget), setCookieOf(t, out.SetCookie)
			if removed.Name != "session" || removed.MaxAge >= 0 || removed.Path != "/" || !removed.Secure || set.Name != "__Host-session" || (set.MaxAge < 0) != (name == "logout") {
				t.Errorf("%s, both %v: set %q, removed %q", name, both, out.SetCookie, out.Forget)
			}
			if alive(t, &browser{t: t, manager: after, cookie: old.cookie}) {
				t.Errorf("%s: the old cookie leads on", name)
			}
		}
	}
}

// The new name wins always: what another host of the domain can plant under the
// old one is not even looked at beside it.
func TestFormerNameNeverWins(t *testing.T) {
	t.Parallel()
	before, after := renamed(t)
	victim, attacker := made(t, after, "victim"), made(t, before, "attacker")
	for _, cookies := range []string{attacker.cookie + "; " + victim.cookie, victim.cookie + "; " + attacker.cookie} {
		ask(t, after, cookies, func(s *session.Session) { want(t, "user", s.User(), "victim") })
	}
	if err := after.Destroy(t.Context(), idOf(t, after, victim.cookie)); err != nil {
		t.Fatal(err)
	}
	ask(t, after, victim.cookie+"; "+attacker.cookie, func(s *session.Session) {
		want(t, "status", s.Status().String(), "rejected: not-found")
	})
}

// Nobody gets a token for the old name any more, so that the time of it ends
// with the sessions from before: a token of the new name is worth nothing under
// the old one.
func TestFormerNameIsNotSignedFor(t *testing.T) {
	t.Parallel()
	_, after := renamed(t)
	attacker := made(t, after, "attacker")
	planted := "session=" + attacker.token()
	ask(t, after, planted, func(s *session.Session) {
		want(t, "status", s.Status().String(), "rejected: bad-signature")
	})
	old := inMode(config.Production)
	old.Cookie.Name = "session"
	back := newManager(t, old, after.Store()) // without the prefix there is no former name
	ask(t, back, attacker.cookie, func(s *session.Session) { want(t, "status", s.Status().String(), "new") })
}

// An earlier key under the old name counts too.
func TestFormerNameAndFormerKey(t *testing.T) {
	t.Parallel()
	before, _ := renamed(t)
	old := made(t, before, "ada")
	cfg := inMode(config.Production)
	cfg.SecretKey, cfg.SecretKeyFallbacks = config.NewSecret(strings.ToUpper(cfg.SecretKey.Reveal())), []config.Secret{cfg.SecretKey}
	ask(t, newManager(t, cfg, before.Store()), old.cookie, func(s *session.Session) { want(t, "user", s.User(), "ada") })
}

func idOf(t *testing.T, m *session.Manager, cookie string) (id session.ID) {
	t.Helper()
	ask(t, m, cookie, func(s *session.Session) { id = s.ID() })
	return id
}
