package session_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

type valueKey struct{}

// Calls of the store share timers. None ends late, none more than a twentieth
// early, and each sees the values of its own request.
func TestCallsEndInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const timeout = 2 * time.Second
		store := watch()
		m := newManager(t, testConfig(), store)
		b := newBrowser(t, m)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		store.on(func(ctx context.Context, op string) error {
			if begin, ok := ctx.Value(valueKey{}).(time.Time); !ok || !begin.Equal(time.Now()) {
				t.Errorf("%s: another request's values: %v", op, begin)
			}
			if end, ok := ctx.Deadline(); !ok || time.Until(end) > timeout || time.Until(end) < timeout-timeout/20 {
				t.Errorf("%s: the deadline is in %v", op, time.Until(end))
			}
			<-ctx.Done()
			return ctx.Err()
		})
		for range 4 {
			go func() {
				begin := time.Now()
				ctx := context.WithValue(t.Context(), valueKey{}, begin)
				ctx, _, _ = sessiontest.Open(ctx, m, session.Incoming{Cookies: []string{b.cookie}})
				_, err := session.From(ctx)
				if took := time.Since(begin); !errors.Is(err, session.ErrUnavailable) || took > timeout || took < timeout-timeout/20 {
					t.Errorf("%v after %v", err, took)
				}
			}()
			time.Sleep(70 * time.Millisecond)
			synctest.Wait()
		}
		time.Sleep(2 * timeout)
		synctest.Wait()
	})
}

// A caller's own deadline is handed on when it comes first.
func TestCallersOwnDeadline(t *testing.T) {
	t.Parallel()
	store := watch()
	m := newManager(t, testConfig(), store)
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	own, _ := ctx.Deadline()
	store.on(func(ctx context.Context, op string) error {
		if end, _ := ctx.Deadline(); !end.Equal(own) {
			t.Errorf("the deadline is %v, want %v", end, own)
		}
		return nil
	})
	ctx, _, _ = sessiontest.Open(ctx, m, session.Incoming{Cookies: []string{b.cookie}})
	if _, err := session.From(ctx); err != nil {
		t.Error(err)
	}
}

// A store that derives a context with a timeout of its own is woken by the
// caller's deadline when that comes first.
func TestCallersDeadlineWakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		m := newManager(t, testConfig(), store)
		b := newBrowser(t, m)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		store.on(func(ctx context.Context, op string) error {
			ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
			defer cancel()
			<-ctx.Done()
			return ctx.Err()
		})
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		begin := time.Now()
		ctx, _, _ = sessiontest.Open(ctx, m, session.Incoming{Cookies: []string{b.cookie}})
		if _, err := session.From(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		want(t, "the wait", time.Since(begin), 300*time.Millisecond)
	})
}

// Visitors who leave before the timeout do not keep the breaker from seeing
// that the store is silent.
func TestBreakerCountsThoseWhoLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		m := newManager(t, testConfig(), store)
		b := newBrowser(t, m)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		store.on(func(ctx context.Context, op string) error { <-ctx.Done(); return ctx.Err() })
		ask := func(patience time.Duration) time.Duration {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(patience, cancel)
			begin := time.Now()
			ctx, _, _ = sessiontest.Open(ctx, m, session.Incoming{Cookies: []string{b.cookie}})
			session.From(ctx)
			return time.Since(begin)
		}
		for range 5 {
			ask(time.Second)
		}
		want(t, "the wait for a store that is given up on", ask(time.Minute), 0)
	})
}

// Calls that only waited along with another say nothing of their own: one
// silent connection is one time-out.
func TestBreakerCountsAWaitOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		m := newManager(t, testConfig(), store)
		b := newBrowser(t, m)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		for _, waits := range []struct {
			along bool
			next  time.Duration
		}{{true, 2 * time.Second}, {false, 0}} {
			store.on(func(ctx context.Context, op string) error { <-ctx.Done(); return waited{ctx.Err(), waits.along} })
			ask := func() time.Duration {
				begin := time.Now()
				ctx, _, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{b.cookie}})
				session.From(ctx)
				return time.Since(begin)
			}
			for range 5 {
				ask()
			}
			want(t, fmt.Sprint("the wait after five, along: ", waits.along), ask(), waits.next)
		}
	})
}

// waited is the time-out of a call that another call may have, too.
type waited struct {
	error
	along bool
}

func (w waited) Unwrap() error { return w.error }
func (w waited) Counted() bool { return w.along }

// A clock that is set back while the store hangs does not keep it given up on.
func TestBreakerAndAClockSetBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		var back atomic.Int64
		m := newManager(t, testConfig(), store, session.WithClock(func() time.Time { return time.Now().Add(-time.Duration(back.Load())) }))
		b := newBrowser(t, m)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		store.on(func(ctx context.Context, op string) error { <-ctx.Done(); return ctx.Err() })
		ask := func() error {
			ctx, _, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{b.cookie}})
			_, err := session.From(ctx)
			return err
		}
		for range 6 {
			ask()
		}
		back.Store(int64(time.Hour))
		store.on(nil)
		time.Sleep(time.Second)
		if err := ask(); err != nil {
			t.Errorf("a second after the store is back: %v", err)
		}
	})
}

// asking is a log that adds who is logged in to each line.
type asking struct{ slog.Handler }

func (h asking) Handle(ctx context.Context, r slog.Record) error {
	if s, err := session.From(ctx); err == nil {
		r.Add("user", s.User())
	}
	return h.Handler.Handle(ctx, r)
}

// private is a store that nobody else sees, so that calls are not bounded.
type private struct{ *watchedStore }

func (private) Describe() driver.Description {
	return driver.Description{Kind: "watched", Private: true}
}

// A log that looks the session up does not wait for the session it is about,
// whatever store has something to say and whatever context was asked with.
func TestLogThatAsksForTheSession(t *testing.T) {
	t.Parallel()
	watched := watch()
	for name, store := range map[string]driver.Store{"remote": watched, "private": private{watched}} {
		log := slog.New(asking{slog.DiscardHandler})
		b := newBrowser(t, newManager(t, testConfig(), store, session.WithLogger(log)))
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		watched.on(func(ctx context.Context, op string) error {
			if s, err := session.From(ctx); err != session.ErrNoMiddleware {
				t.Errorf("%s, %s: the store's context leads to the session %v, %v", name, op, s, err)
			}
			log.ErrorContext(ctx, "the store has something to say")
			return errDown
		})
		for _, derive := range []func(ctx context.Context) context.Context{
			func(ctx context.Context) context.Context { return ctx },
			func(ctx context.Context) context.Context { return context.WithValue(ctx, valueKey{}, 1) },
		} {
			ctx, end := b.open()
			if _, err := session.From(derive(ctx)); !errors.Is(err, session.ErrUnavailable) {
				t.Error(err)
			}
			end()
		}
		watched.on(nil)
		b.visit(func(s *session.Session) {
			set(t, s, "a", 2)
			watched.on(func(ctx context.Context, op string) error {
				log.ErrorContext(ctx, "the store has something to say")
				return nil
			})
			if _, err := session.Update(s, "n", func(n int) (int, error) { return n + 1, nil }); err != nil {
				t.Error(err)
			}
			if err := s.Renew(t.Context()); err != nil {
				t.Error(err)
			}
		})
		watched.on(nil)
	}
}

// The context of a call is the standard library's own: what a store derives from
// it starts no goroutine, ends with it, and knows why.
func TestContextOfACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		m := newManager(t, testConfig(), store)
		b := newBrowser(t, m)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		ctx, _, _ := sessiontest.Open(context.WithValue(t.Context(), valueKey{}, "x"), m, session.Incoming{Cookies: []string{b.cookie}})
		store.on(func(ctx context.Context, op string) error {
			before := runtime.NumGoroutine()
			derived, cancel := context.WithCancel(ctx)
			defer cancel()
			want(t, "goroutines of a derived context", runtime.NumGoroutine()-before, 0)
			want(t, "value", derived.Value(valueKey{}), any("x"))
			<-derived.Done()
			want(t, "error", derived.Err(), context.DeadlineExceeded)
			if cause := context.Cause(derived); !strings.Contains(cause.Error(), "--session-timeout") || context.Cause(ctx) != cause {
				t.Errorf("causes: %v, %v", cause, context.Cause(ctx))
			}
			return derived.Err()
		})
		begin := time.Now()
		if _, err := session.From(ctx); !errors.Is(err, session.ErrUnavailable) {
			t.Error(err)
		}
		want(t, "the wait", time.Since(begin), 2*time.Second)
	})
}

// What was never sent says nothing of the store.
func TestBreakerAndCallsNotSent(t *testing.T) {
	t.Parallel()
	store := watch()
	b := newBrowser(t, newManager(t, testConfig(), store))
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	for _, notSent := range []error{waited{context.DeadlineExceeded, true}, fmt.Errorf("file: %w", waited{context.DeadlineExceeded, true})} {
		store.on(func(context.Context, string) error { return notSent })
		for range 10 {
			ctx, _ := b.open()
			if _, err := session.From(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		}
		store.on(nil)
		b.visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 1) })
	}
}
