package session_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
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
				ctx, _, _ = m.Open(ctx, session.Incoming{Cookies: []string{b.cookie}})
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
	ctx, _, _ = m.Open(ctx, session.Incoming{Cookies: []string{b.cookie}})
	if _, err := session.From(ctx); err != nil {
		t.Error(err)
	}
}

// Where the request's memory is used again after it, the session can be had
// later only by those who asked in time, or by what outlives the request.
func TestAskedAfterTheAnswer(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	in := session.Incoming{Cookies: []string{b.cookie}}

	ctx, x, _ := m.Open(t.Context(), in)
	if _, err := x.End(nil); err != nil {
		t.Fatal(err)
	}
	if _, err := session.From(ctx); !errors.Is(err, session.ErrAnswered) {
		t.Errorf("asked too late: %v", err)
	}

	ctx, x, _ = m.Open(t.Context(), in)
	if _, err := x.End(in); err != nil {
		t.Fatal(err)
	}
	want(t, "a for what outlives the request", get[int](t, from(t, ctx), "a"), 1)

	ctx, x, _ = m.Open(t.Context(), in)
	s := from(t, ctx)
	if _, err := x.End(nil); err != nil {
		t.Fatal(err)
	}
	want(t, "the session of who asked in time", from(t, ctx), s)
}
