package session_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Behaviours 70, 71, 72.
func TestRenew(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) {
		set(t, s, "a", 1)
		for range 2 { // before the first save
			if err := s.Renew(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if err := s.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	})
	old := *b
	b.visit(func(s *session.Session) {
		before := s.ID()
		set(t, s, "b", 2)
		for range 2 {
			if err := s.Renew(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		set(t, s, "c", 3)
		if s.ID() == before {
			t.Fatal("same id")
		}
		old.visit(func(s *session.Session) { want(t, "old id", s.Status().String(), "rejected: renewed") })
	})
	b.visit(func(s *session.Session) {
		want(t, "data", s.Values().JSON(), `{"a":1,"b":2,"c":3}`)
	})
	n, _, _ := m.Store().(driver.Lister).Count(t.Context())
	want(t, "records", n, 1)
}

// Behaviour 82: one of several renewals wins, the others hear so, and the
// changes of the one that wins are kept.
func TestParallelRenew(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	for range 20 {
		b := newBrowser(t, m)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		const n = 8
		browsers, errs := make([]browser, n), make([]error, n)
		var wg sync.WaitGroup
		start := make(chan struct{})
		for i := range n {
			browsers[i] = *b
			ctx, end := browsers[i].open()
			s := from(t, ctx)
			wg.Go(func() {
				<-start
				errs[i] = s.Renew(ctx)
				if err := end(); err != nil {
					t.Error(err)
				}
			})
		}
		close(start)
		wg.Wait()
		winners := 0
		for i, err := range errs {
			switch {
			case err == nil:
				winners++
				browsers[i].visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 1) })
			case !errors.Is(err, session.ErrGone):
				t.Errorf("loser: %v", err)
			}
		}
		want(t, "winners", winners, 1)
	}
	n, _, _ := m.Store().(driver.Lister).Count(t.Context())
	want(t, "records left", n, 20)
}

// A change saved while another request renews is carried over, not lost.
func TestRenewTakesLateChangesAlong(t *testing.T) {
	t.Parallel()
	store := watch()
	b := newBrowser(t, newManager(t, testConfig(), store))
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	other := *b
	ctx, end := b.open()
	s := from(t, ctx)
	saves := 0
	store.on(func(ctx context.Context, op string) error {
		if op == "save" {
			if saves++; saves == 1 { // the copy is being stored
				store.on(nil)
				other.visit(func(s *session.Session) { set(t, s, "late", true) })
			}
		}
		return nil
	})
	if err := s.Renew(ctx); err != nil {
		t.Fatal(err)
	}
	want(t, "late", get[bool](t, s, "late"), true)
	if err := end(); err != nil {
		t.Fatal(err)
	}
	b.visit(func(s *session.Session) { want(t, "late", get[bool](t, s, "late"), true) })
}

// A login as somebody else takes nothing of the first user's along, stored or
// not yet.
func TestRenewAsAnotherUser(t *testing.T) {
	t.Parallel()
	for name, stored := range map[string]func(s *session.Session){
		"nothing stored": func(*session.Session) {},
		"a value stored": func(s *session.Session) { set(t, s, "a", 1) },
	} {
		b := newBrowser(t, memoryManager(t))
		b.visit(func(s *session.Session) {
			stored(s)
			if err := s.RenewAs(t.Context(), "ada"); err != nil {
				t.Fatal(err)
			}
		})
		b.visit(func(s *session.Session) {
			set(t, s, "secret", "ada's")
			if err := s.RenewAs(t.Context(), "bob"); err != nil {
				t.Fatal(err)
			}
			set(t, s, "b", 2)
		})
		b.visit(func(s *session.Session) {
			want(t, name+": user", s.User(), "bob")
			want(t, name+": values", s.Values().JSON(), `{"b":2}`)
		})
	}
}

func TestRenewAfterHeaders(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, memoryManager(t))
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	ctx, end := b.open()
	s := from(t, ctx)
	if err := end(); err != nil {
		t.Fatal(err)
	}
	if err := s.Renew(ctx); err != session.ErrHeadersSent {
		t.Fatalf("Renew: %v", err)
	}
	b.visit(func(s *session.Session) { want(t, "state", s.Status().State, session.StateLoaded) })
}
