package session_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// made is a browser with a session of its own in which "owner" is name.
func made(t *testing.T, m *session.Manager, name string) *browser {
	t.Helper()
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) {
		set(t, s, "owner", name)
		if err := s.RenewAs(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	})
	return b
}

// alive reports whether the browser's cookie still leads to a session.
func alive(t *testing.T, b *browser) (loaded bool) {
	t.Helper()
	again := *b
	again.visit(func(s *session.Session) { loaded = s.Status().State == session.StateLoaded })
	return loaded
}

// Another host of the domain that puts a cookie of a session of its own beside
// the visitor's does not have the visitor act in it: two cookies that lead to
// different sessions count as nobody, in either order, in one header line or
// two, and with dead ones between them.
func TestRivalSessions(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	dead := made(t, m, "dead")
	gone := dead.cookie
	dead.visit(func(s *session.Session) { s.Destroy(t.Context()) })
	victim, attacker := made(t, m, "victim"), made(t, m, "attacker")
	many := strings.Repeat("session=x; ", session.MaxCookies)
	for _, lines := range [][]string{
		{attacker.cookie + "; " + victim.cookie},
		{victim.cookie + "; " + attacker.cookie},
		{attacker.cookie, victim.cookie},
		{gone + "; " + attacker.cookie + "; session=; " + gone, "a=b; " + victim.cookie},
		{attacker.cookie + "; " + many + victim.cookie},
	} {
		ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: lines})
		s := from(t, ctx)
		if status := s.Status(); status.State != session.StateRejected || status.Reason != diagnose.ReasonAmbiguous || s.User() != "" || len(s.Keys()) > 0 {
			t.Errorf("%q: %v, user %q", lines, status, s.User())
		}
		if out, err := x.Commit(); err != nil || out.SetCookie != "" {
			t.Errorf("an answer that only read: %+v, %v", out, err)
		}
	}
	if !alive(t, victim) || !alive(t, attacker) {
		t.Error("reading has ended a session")
	}
}

// What is stored for such a visitor takes over the browser: the sessions that
// were beside each other end, so that the next request is not ambiguous too.
func TestRivalsEnd(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(s *session.Session) error{
		"something stored": func(s *session.Session) error { return session.Set(s, "a", 1) },
		"saved at once": func(s *session.Session) error {
			_, err := session.Update(s, "a", func(n int) (int, error) { return n + 1, nil })
			return err
		},
		"login":                func(s *session.Session) error { return s.RenewAs(t.Context(), "victim") },
		"logout":               func(s *session.Session) error { return s.Destroy(t.Context()) },
		"stored and taken out": func(s *session.Session) error { return errors.Join(session.Set(s, "a", 1), s.Delete("a")) },
		"nothing":              func(s *session.Session) error { return nil },
	} {
		m := memoryManager(t)
		victim, attacker := made(t, m, "victim"), made(t, m, "attacker")
		planted := attacker.cookie
		b := &browser{t: t, manager: m, cookie: planted + "; " + victim.cookie}
		b.visit(func(s *session.Session) {
			if err := act(s); err != nil {
				t.Fatal(name, err)
			}
		})
		ends := name != "nothing" && name != "stored and taken out"
		if alive(t, victim) == ends || alive(t, attacker) == ends {
			t.Errorf("%s: the sessions are alive: %v, %v, want them ended: %v", name, alive(t, victim), alive(t, attacker), ends)
		}
		switch {
		case name == "logout" && (b.last == nil || b.last.MaxAge >= 0):
			t.Errorf("logout: set the cookie %v", b.last)
		case ends && name != "logout":
			next := &browser{t: t, manager: m, cookie: planted + "; " + b.cookie} // ours replaced the visitor's
			next.visit(func(s *session.Session) {
				if s.Status().State != session.StateLoaded {
					t.Errorf("%s: the next request is %v", name, s.Status())
				}
			})
		}
	}
}

// A logout that could not end them says so.
func TestRivalsThatCannotBeEnded(t *testing.T) {
	t.Parallel()
	store := watch()
	m := newManager(t, testConfig(), store)
	one, two := made(t, m, "one"), made(t, m, "two")
	b := &browser{t: t, manager: m, cookie: one.cookie + "; " + two.cookie}
	ctx, end := b.open()
	s := from(t, ctx)
	store.on(func(_ context.Context, op string) error {
		if op == "delete" {
			return errDown
		}
		return nil
	})
	if err := s.Destroy(ctx); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("Destroy: %v", err)
	}
	store.on(nil)
	if err := s.Destroy(ctx); err != nil {
		t.Errorf("Destroy again: %v", err)
	}
	if err := end(); err != nil || alive(t, one) || alive(t, two) {
		t.Errorf("one lives on: %v", err)
	}
}

// Dead cookies before the visitor's own do not lock the visitor out, and one
// request does not cost the store a look-up for each of fifty.
func TestDeadCookiesBeforeTheLiveOne(t *testing.T) {
	t.Parallel()
	store := watch()
	m := newManager(t, testConfig(), store)
	var dead []string
	for range session.MaxCookies {
		b := made(t, m, "dead")
		dead = append(dead, b.cookie)
		b.visit(func(s *session.Session) { s.Destroy(t.Context()) })
	}
	victim := made(t, m, "victim")
	for n, want := range map[int]session.State{0: session.StateLoaded, 3: session.StateLoaded, 15: session.StateLoaded, 49: session.StateRejected} {
		store.total()
		b := &browser{t: t, manager: m, cookie: strings.Join(append(dead[:n:n], victim.cookie), "; ")}
		b.visit(func(s *session.Session) {
			if s.Status().State != want {
				t.Errorf("behind %d dead cookies: %v", n, s.Status())
			}
		})
		if calls := store.total(); calls > 16 {
			t.Errorf("%d dead cookies: %d store calls", n, calls)
		}
	}
	// A live one before more than are looked up may not be the visitor's.
	b := &browser{t: t, manager: m, cookie: strings.Join(append([]string{victim.cookie}, dead[:20]...), "; ")}
	b.visit(func(s *session.Session) {
		if s.Status().Reason != diagnose.ReasonAmbiguous {
			t.Errorf("with cookies that were not looked at: %v", s.Status())
		}
	})
}

// The log says it as a warning once a minute, the counters and a finding always.
func TestRivalsAreReported(t *testing.T) {
	t.Parallel()
	log := &logLines{}
	clock := time.Now() // which the store goes by
	m := newManager(t, inMode(config.Development), memstore.New(0), log.option(), session.WithClock(func() time.Time { return clock }))
	one, two := made(t, m, "one"), made(t, m, "two")
	both := &browser{t: t, manager: m, cookie: one.cookie + "; " + two.cookie}
	for range check.WarnAfter {
		both.visit(func(*session.Session) {})
	}
	lines := log.with("reason", "ambiguous")
	if len(lines) != 1 || lines[0]["level"] != "WARN" || !strings.Contains(lines[0]["fix"].(string), "__Host-") {
		t.Errorf("logged %v", lines)
	}
	clock = clock.Add(time.Minute)
	both.visit(func(*session.Session) {})
	want(t, "lines a minute later", len(log.with("reason", "ambiguous")), 2)
	want(t, "counted", m.Diagnostics().Rejections()[diagnose.ReasonAmbiguous], check.WarnAfter+1)
	f, ok := finding(m.Diagnostics().Findings(t.Context()), "cookie-ambiguous")
	if !ok || f.Severity != check.Warning || !strings.Contains(f.Message, "4 requests") {
		t.Errorf("found %+v", f)
	}
}

// A late request of the visitor's, with the id from before a renewal, does not
// act in somebody else's session that stands beside it; where what stands
// beside it is its own session under the new id that one counts.
func TestRenewedBesideALiveOne(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	victim, attacker := made(t, m, "victim"), made(t, m, "attacker")
	late := victim.cookie
	victim.visit(func(s *session.Session) {
		if err := s.Renew(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	for _, cookies := range []string{late + "; " + attacker.cookie, attacker.cookie + "; " + late} {
		b := &browser{t: t, manager: m, cookie: cookies}
		ctx, end := b.open()
		s := from(t, ctx)
		if s.Status().Reason != diagnose.ReasonRenewed || s.User() != "" {
			t.Errorf("%v, user %q", s.Status(), s.User())
		}
		if err := session.Set(s, "order", "mine"); !errors.Is(err, session.ErrGone) {
			t.Errorf("Set: %v", err)
		}
		if err := end(); err != nil || b.last != nil {
			t.Errorf("the end: %v, set %v", err, b.last)
		}
	}
	for _, cookies := range []string{late + "; " + victim.cookie, victim.cookie + "; " + late} {
		b := &browser{t: t, manager: m, cookie: cookies}
		b.visit(func(s *session.Session) { want(t, "user", s.User(), "victim") })
	}
	if !alive(t, victim) || !alive(t, attacker) {
		t.Error("a session has ended")
	}
}
