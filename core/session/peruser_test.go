package session_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

func (b *browser) status() (status session.Status) {
	b.t.Helper()
	b.visit(func(s *session.Session) { status = s.Status() })
	return status
}

// 7.1.2: the oldest logins end, whatever was used last, and each end is told of.
func TestLimitPerUser(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var ended []event.Event
		cfg := testConfig()
		cfg.MaxPerUser = 3
		store := memstore.New(0)
		m := newManager(t, cfg, store, session.WithObserver(func(_ context.Context, e event.Event) {
			if e.Kind == event.Ended {
				mu.Lock()
				defer mu.Unlock()
				ended = append(ended, e)
			}
		}))
		var all []*browser
		var ids []session.ID
		for range 5 {
			b := loggedIn(t, m, "ada")
			all, ids = append(all, b), append(ids, b.id())
			time.Sleep(time.Minute)
			if len(all) <= 3 { // it is used, and the oldest login all the same
				all[0].visit(func(s *session.Session) { session.Set(s, "n", 1) })
			}
		}
		for i, b := range all {
			status, old := b.status(), i < 2
			if (status.Reason == diagnose.ReasonSessionLimit) != old || (b.user() == "ada") == old {
				t.Errorf("browser %d is %v", i, status)
			}
		}
		want(t, "ended", len(ended), 2)
		for i, e := range ended {
			if e.Session != ids[i] || e.User != "ada" || e.Reason != "session-limit" {
				t.Errorf("told of %+v", e)
			}
		}
		time.Sleep(23*time.Hour + 50*time.Minute)
		want(t, "within a day", all[1].status().Reason, diagnose.ReasonSessionLimit)
		time.Sleep(time.Hour)
		want(t, "after a day", all[1].status().Reason, diagnose.ReasonNotFound)
	})
}

// ticking is a clock by which no two logins are at the same moment.
func ticking() func() time.Time {
	var n atomic.Int64
	return func() time.Time { return time.Now().Add(time.Duration(n.Add(1)) * time.Millisecond) }
}

// What requests of the ended session still want to save comes too late, whatever they
// do, and brings nothing back.
func TestLimitPerUserAgainstRunningRequests(t *testing.T) {
	t.Parallel()
	cfg := testConfig()
	cfg.MaxPerUser = 1
	for name, act := range map[string]func(ctx context.Context, s *session.Session) error{
		"set": func(ctx context.Context, s *session.Session) error {
			return errors.Join(session.Set(s, "n", 1), s.Commit(ctx))
		},
		"update": func(ctx context.Context, s *session.Session) error {
			_, err := session.Update(s, "n", func(n int) (int, error) { return n + 1, nil })
			return err
		},
		"renew":    func(ctx context.Context, s *session.Session) error { return s.Renew(ctx) },
		"confirm":  func(ctx context.Context, s *session.Session) error { return s.Confirm(ctx) },
		"reload":   func(ctx context.Context, s *session.Session) error { return s.Reload(ctx) },
		"login":    func(ctx context.Context, s *session.Session) error { return s.RenewAs(ctx, "ada") },
		"log in b": func(ctx context.Context, s *session.Session) error { return s.RenewAs(ctx, "bob") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newManager(t, cfg, memstore.New(0), session.WithClock(ticking()))
			phone := loggedIn(t, m, "ada")
			ctx, end := phone.open()
			s := from(t, ctx)
			laptop := loggedIn(t, m, "ada")
			if err := act(t.Context(), s); !errors.Is(err, session.ErrGone) {
				t.Errorf("got %v", err)
			}
			end()
			want(t, "the ended one", phone.user(), "")
			want(t, "the other", laptop.user(), "ada")
			list, err := m.UserSessions(t.Context(), "ada")
			if err != nil || len(list) != 1 {
				t.Errorf("%d sessions, error %v", len(list), err)
			}
		})
	}
}

// A session that is renewed while it is being ended ends all the same.
func TestLimitPerUserFollowsRenewals(t *testing.T) {
	t.Parallel()
	cfg := testConfig()
	cfg.MaxPerUser = 1
	store := &listing{Store: memstore.New(0)}
	m := newManager(t, cfg, store, session.WithClock(ticking()))
	phone := loggedIn(t, m, "ada")
	store.after = func() {
		store.after = nil
		phone.visit(func(s *session.Session) {
			if err := s.Renew(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	laptop := loggedIn(t, m, "ada")
	want(t, "renewed", phone.status().Reason, diagnose.ReasonSessionLimit)
	want(t, "the other", laptop.user(), "ada")
}
