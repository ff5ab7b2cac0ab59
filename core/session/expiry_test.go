package session_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Behaviours 31, 36, 37, 38, 48 to 50.
func TestAbsoluteEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig()
		cfg.Lifetime = time.Hour
		cfg.IdleTimeout = 20 * time.Minute
		b := newBrowser(t, newManager(t, cfg, memstore.New(0)))
		start := time.Now()
		b.visit(func(s *session.Session) {
			set(t, s, "a", 1)
			want(t, "deadline", s.Deadline(), start.Add(time.Hour))
			want(t, "expires", s.Expires(), start.Add(20*time.Minute))
		})
		want(t, "Max-Age", b.last.MaxAge, 3600)
		want(t, "Expires", b.last.Expires, start.Add(time.Hour).UTC())
		for range 5 {
			time.Sleep(10 * time.Minute)
			b.visit(func(s *session.Session) {
				want(t, "state", s.Status().State, session.StateLoaded)
				if err := s.Renew(t.Context()); err != nil {
					t.Fatal(err)
				}
				want(t, "deadline after Renew", s.Deadline(), start.Add(time.Hour))
			})
		}
		time.Sleep(10 * time.Minute)
		b.visit(func(s *session.Session) { want(t, "after the absolute end", s.Status().State, session.StateRejected) })
	})
}

// Behaviours 34, 35, 41, 42: idle sessions end, used ones go on, and reading
// rarely writes.
func TestIdleEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig()
		cfg.IdleTimeout = 10 * time.Minute
		store := watch()
		b := newBrowser(t, newManager(t, cfg, store))
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		store.total()
		for range 30 { // 15 minutes, a visit every half minute
			time.Sleep(30 * time.Second)
			b.visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 1) })
		}
		want(t, "loads and touches of 30 visits", store.total(), 30+15)
		time.Sleep(10 * time.Minute)
		b.visit(func(s *session.Session) {
			want(t, "after idling", s.Status().String(), "rejected: not-found")
		})
	})
}

// Behaviours 32, 33, 45, 49.
func TestOwnLifetime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig()
		cfg.Cookie.UntilClosed = true
		b := newBrowser(t, newManager(t, cfg, memstore.New(0)))
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		if b.last.MaxAge != 0 || !b.last.Expires.IsZero() {
			t.Fatalf("a browser-session cookie has an end: %v", b.last)
		}
		b.visit(func(s *session.Session) {
			s.SetLifetime(30 * 24 * time.Hour)
			s.SetPersistent(true)
		})
		want(t, "Max-Age of remember-me", b.last.MaxAge, 30*24*3600)
		time.Sleep(48 * time.Hour)
		b.visit(func(s *session.Session) {
			want(t, "remembered", get[int](t, s, "a"), 1)
			s.Clear() // keeps the choice
			s.SetLifetime(0)
		})
		if b.last == nil || b.last.MaxAge >= 0 {
			t.Fatalf("the configured lifetime is over, and the cookie stays: %v", b.last)
		}
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		b.visit(func(s *session.Session) { s.SetLifetime(-time.Second) })
		b.visit(func(s *session.Session) { want(t, "an end in the past", s.Status().State, session.StateNew) })
	})
}

// A session that ends while a request is running stays ended.
func TestEndDuringRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig()
		cfg.Lifetime = time.Minute
		b := newBrowser(t, newManager(t, cfg, memstore.New(0)))
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		ctx, end := b.open()
		s := from(t, ctx)
		time.Sleep(2 * time.Minute)
		set(t, s, "a", 2)
		if err := end(); !errors.Is(err, session.ErrGone) {
			t.Fatalf("commit: %v", err)
		}
		b.visit(func(s *session.Session) { want(t, "state", s.Status().State, session.StateRejected) })
	})
}

// Behaviour 38, and ASVS 7.2.4: a login begins a new lifetime, a renewal does not.
func TestLoginBeginsAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(t, memoryManager(t))
		b.visit(func(s *session.Session) { set(t, s, "cart", "tea") })
		time.Sleep(23 * time.Hour)
		before := b.token()
		b.visit(func(s *session.Session) {
			if err := s.RenewAs(t.Context(), "ada"); err != nil {
				t.Fatal(err)
			}
			want(t, "created", s.Created(), time.Now())
			want(t, "deadline", s.Deadline(), time.Now().Add(24*time.Hour))
		})
		if b.token() == before {
			t.Fatal("login kept the token")
		}
		b.visit(func(s *session.Session) {
			want(t, "user", s.User(), "ada")
			want(t, "cart", get[string](t, s, "cart"), "tea")
		})
	})
}
