package session_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Once for each request that asks for its session it is told how long it waited for
// all that the kit did, and for nothing that the app did.
func TestAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var heard []time.Duration
		store := watch()
		m := newManager(t, testConfig(), store, session.WithObserver(func(_ context.Context, e event.Event) {
			if e.Kind == event.Answered {
				heard = append(heard, e.Took)
			}
		}))
		takes := map[string]time.Duration{"load": 2 * time.Millisecond, "save": 30 * time.Millisecond, "touch": 400 * time.Millisecond, "delete": 5 * time.Second}
		store.on(func(_ context.Context, op string) error {
			time.Sleep(takes[op] / 10)
			return nil
		})
		b := newBrowser(t, m)
		think := func() { time.Sleep(time.Hour) }
		for _, request := range []struct {
			name   string
			handle func(s *session.Session)
			want   time.Duration
		}{
			{"new and empty", func(*session.Session) {}, 0},
			{"stored", func(s *session.Session) { think(); set(t, s, "n", 1); think() }, 3000 * time.Microsecond},
			{"read", func(s *session.Session) { think(); get[int](t, s, "n") }, 200 * time.Microsecond},
			{"changed", func(s *session.Session) { set(t, s, "n", 2); think() }, 3200 * time.Microsecond},
			{"committed, then changed", func(s *session.Session) {
				set(t, s, "n", 3)
				try(t, s.Commit(t.Context()))
				think()
				set(t, s, "n", 4)
			}, 6200 * time.Microsecond},
			{"read again", func(s *session.Session) { try(t, s.Reload(t.Context())) }, 400 * time.Microsecond},
			{"touched", func(s *session.Session) { try(t, s.Touch(t.Context())) }, 40200 * time.Microsecond},
			{"renewed", func(s *session.Session) { try(t, s.Renew(t.Context())) }, 6200 * time.Microsecond},
			{"ended", func(s *session.Session) { try(t, s.Destroy(t.Context())) }, 500200 * time.Microsecond},
		} {
			heard = nil
			b.visit(request.handle)
			if len(heard) != 1 || heard[0] != request.want {
				t.Errorf("%s: %v, want %v", request.name, heard, request.want)
			}
		}

		heard = nil
		_, end := b.open()
		if err := end(); err != nil || heard != nil {
			t.Errorf("nobody asked: %v, %v", heard, err)
		}
		b.visit(func(s *session.Session) { set(t, s, "n", 1) })
		store.on(func(context.Context, string) error {
			time.Sleep(70 * time.Millisecond)
			return errDown
		})
		heard = nil
		ctx, end := b.open()
		if _, err := session.From(ctx); err == nil || len(heard) > 0 {
			t.Errorf("before the answer: %v, %v", err, heard)
		}
		if end(); len(heard) != 1 || heard[0] != 70*time.Millisecond {
			t.Errorf("with a store that is down: %v", heard)
		}
	})
}

func try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
