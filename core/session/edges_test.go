package session_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// Behaviour 24: what is empty in the end is not stored, whatever happened in
// between.
func TestEmptiedNewSession(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(s *session.Session){
		"set and delete": func(s *session.Session) { session.Set(s, "a", 1); s.Delete("a") },
		"set and clear":  func(s *session.Session) { session.Set(s, "a", 1); s.Clear() },
		"set and pop":    func(s *session.Session) { session.Set(s, "a", 1); session.Pop[int](s, "a") },
		"flash shown":    func(s *session.Session) { s.Flash("a", "b"); s.Flashes() },
		"lifetime alone": func(s *session.Session) { s.SetLifetime(time.Hour) },
	} {
		store := watch()
		b := newBrowser(t, newManager(t, testConfig(), store))
		b.visit(change)
		if n := store.total(); n != 0 || b.last != nil {
			t.Errorf("%s: %d store calls, cookie %v", name, n, b.last)
		}
	}
}

// What was taken out again while its first save failed is not stored by the
// next one.
func TestEmptiedWhileSaving(t *testing.T) {
	t.Parallel()
	store := watch()
	m := newManager(t, testConfig(), store)
	ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{})
	s, err := session.From(ctx)
	if err != nil {
		t.Fatal(err)
	}
	set(t, s, "a", 1)
	store.on(func(context.Context, string) error {
		s.Delete("a")
		return errDown
	})
	if err := s.Commit(ctx); !errors.Is(err, session.ErrUnavailable) {
		t.Fatal(err)
	}
	store.on(nil)
	store.total()
	out, err := x.Commit()
	if n := store.total(); err != nil || out.SetCookie != "" || n != 0 {
		t.Errorf("cookie %q, %d more store calls, %v", out.SetCookie, n, err)
	}
}

// A lifetime chosen before the login counts, for new visitors and old ones.
func TestLifetimeBeforeLogin(t *testing.T) {
	t.Parallel()
	for _, old := range []bool{false, true} {
		b := newBrowser(t, memoryManager(t))
		if old {
			b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		}
		b.visit(func(s *session.Session) {
			s.SetLifetime(30 * 24 * time.Hour)
			if err := s.RenewAs(t.Context(), "ada"); err != nil {
				t.Fatal(err)
			}
		})
		b.visit(func(s *session.Session) {
			want(t, fmt.Sprint("lifetime, old visitor ", old), s.Deadline().Sub(s.Created()), 30*24*time.Hour)
		})
	}
}

// Another user's login leaves nothing of the first one's; one that fails
// leaves everything.
func TestLoginAsAnother(t *testing.T) {
	t.Parallel()
	store := watch()
	b := newBrowser(t, newManager(t, testConfig(), store))
	b.visit(func(s *session.Session) {
		s.RenewAs(t.Context(), "ada")
		s.SetPersistent(true)
		set(t, s, "cart", "tea")
	})
	b.visit(func(s *session.Session) {
		store.on(failOn("save"))
		if err := s.RenewAs(t.Context(), "bob"); !errors.Is(err, errDown) {
			t.Fatal(err)
		}
		store.on(nil)
	})
	b.visit(func(s *session.Session) {
		want(t, "user after a failed login", s.User(), "ada")
		want(t, "cart", get[string](t, s, "cart"), "tea")
		set(t, s, "pending", true)
		if err := s.RenewAs(t.Context(), "bob"); err != nil {
			t.Fatal(err)
		}
		set(t, s, "own", true)
	})
	b.visit(func(s *session.Session) {
		want(t, "user", s.User(), "bob")
		want(t, "values", s.Values().JSON(), `{"own":true}`)
	})
}

// Behaviour 98 and the like hold for errors that a store wraps.
func TestWrappedNotFound(t *testing.T) {
	t.Parallel()
	store := watch()
	b := newBrowser(t, newManager(t, testConfig(), store))
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	store.on(func(context.Context, string) error { return fmt.Errorf("sql: %w", driver.ErrNotFound) })
	b.visit(func(s *session.Session) { want(t, "status", s.Status().String(), "rejected: not-found") })
}

// A store that panics, or a function that ends its goroutine, does not lock
// the session for those who come later or wait.
func TestDeathWhileSaving(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		b := newBrowser(t, newManager(t, testConfig(), store))
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		release := make(chan struct{})
		store.on(func(_ context.Context, op string) error {
			if op == "save" {
				store.on(nil)
				<-release
				panic("in the store")
			}
			return nil
		})
		var wg sync.WaitGroup
		own := *b
		wg.Go(func() {
			defer func() { recover() }()
			ctx, _ := own.open()
			s, _ := session.From(ctx)
			session.Set(s, "a", 2)
			s.Commit(ctx)
		})
		synctest.Wait()
		wg.Go(func() {
			other := *b
			ctx, _ := other.open()
			s, _ := session.From(ctx)
			session.Set(s, "b", 1)
			if err := s.Commit(ctx); err != nil {
				t.Errorf("the one that waited: %v", err)
			}
		})
		synctest.Wait()
		close(release)
		wg.Wait()
		wg.Go(func() {
			own := *b
			ctx, _ := own.open()
			s, _ := session.From(ctx)
			session.Update(s, "a", func(int) (int, error) { runtime.Goexit(); return 0, nil })
		})
		wg.Wait()
		b.visit(func(s *session.Session) { set(t, s, "a", 3) })
		b.visit(func(s *session.Session) { want(t, "values", s.Values().JSON(), `{"b":1,"a":3}`) })
	})
}

// Those who wait for a save that times out have waited long enough.
func TestWaitersShareTheTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		b := newBrowser(t, newManager(t, testConfig(), store))
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		store.on(func(ctx context.Context, op string) error {
			if op == "save" {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		})
		var wg sync.WaitGroup
		start := time.Now()
		for i := range 4 {
			wg.Go(func() {
				own := *b
				ctx, _ := own.open()
				s, _ := session.From(ctx)
				session.Set(s, "a", i)
				if err := s.Commit(ctx); !errors.Is(err, session.ErrUnavailable) {
					t.Errorf("request %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		want(t, "the longest wait", time.Since(start), 2*time.Second)
	})
}

// An Update that is being saved when the answer begins has its cookie set.
func TestUpdateWhileTheAnswerBegins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		b := newBrowser(t, newManager(t, testConfig(), store))
		release := make(chan struct{})
		store.on(func(_ context.Context, op string) error {
			if op == "save" {
				<-release
			}
			return nil
		})
		ctx, end := b.open()
		s := from(t, ctx)
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := session.Update(s, "n", func(n int) (int, error) { return n + 1, nil }); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		wg.Go(func() {
			if err := end(); err != nil {
				t.Error(err)
			}
		})
		close(release)
		wg.Wait()
		if b.last == nil {
			t.Error("stored, and no cookie")
		}
	})
}

// A browser that goes away does not undo what the handler did.
func TestBrowserLeaves(t *testing.T) {
	t.Parallel()
	store := watch()
	m := newManager(t, testConfig(), store)
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	for name, act := range map[string]func(ctx context.Context, s *session.Session) error{
		"save":   func(ctx context.Context, s *session.Session) error { session.Set(s, "a", 2); return s.Commit(ctx) },
		"renew":  func(ctx context.Context, s *session.Session) error { return s.Renew(ctx) },
		"logout": func(ctx context.Context, s *session.Session) error { return s.Destroy(ctx) },
	} {
		own := newBrowser(t, m)
		own.visit(func(s *session.Session) { set(t, s, "a", 1) })
		leaving, leave := context.WithCancel(t.Context())
		ctx, _, _ := sessiontest.Open(leaving, m, session.Incoming{Cookies: []string{own.cookie}})
		s := from(t, ctx)
		store.on(func(ctx context.Context, _ string) error {
			leave() // while the store works
			return ctx.Err()
		})
		if err := act(ctx, s); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		store.on(nil)
	}
	leaving, leave := context.WithCancel(t.Context())
	ctx, x, _ := sessiontest.Open(leaving, m, session.Incoming{Cookies: []string{b.cookie}})
	set(t, from(t, ctx), "a", 3)
	leave()
	if _, err := x.Commit(); err != nil {
		t.Errorf("the end of the request: %v", err)
	}
	b.visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 3) })
}

// After ErrGone the session stays unusable, and its changes are dropped.
func TestAfterGone(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	ctx, end := b.open()
	s := from(t, ctx)
	set(t, s, "a", 2)
	m.Destroy(ctx, s.ID())
	for range 2 {
		if err := s.Commit(ctx); !errors.Is(err, session.ErrGone) {
			t.Errorf("Commit: %v", err)
		}
	}
	if err := session.Set(s, "b", 1); !errors.Is(err, session.ErrGone) || s.Modified() {
		t.Errorf("Set: %v, modified %v", err, s.Modified())
	}
	if err := end(); err != nil { // the handler knows
		t.Error(err)
	}
}

// Once loads once, also for goroutines that ask at the same time.
func TestOnce(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, memoryManager(t))
	b.visit(func(s *session.Session) {
		loads := 0
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if v, err := s.Once("k", func() (any, error) { loads++; return 7, nil }); v != 7 || err != nil {
					t.Errorf("Once: %v, %v", v, err)
				}
			})
		}
		wg.Wait()
		want(t, "loads", loads, 1)
	})
}

// ReasonExpired is for a clock that is ahead of the store's.
func TestExpiredByOurClock(t *testing.T) {
	t.Parallel()
	ahead := time.Duration(0)
	m := newManager(t, testConfig(), memstore.New(0), session.WithClock(func() time.Time { return time.Now().Add(ahead) }))
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	ahead = 25 * time.Hour
	b.visit(func(s *session.Session) { want(t, "status", s.Status().String(), "rejected: expired") })
}
