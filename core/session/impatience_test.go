package session_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// slowly makes a store answer after a while, or when its caller's time is up,
// as a socket's deadline does: with a time-out of its own.
func slowly(after time.Duration) func(ctx context.Context, op string) error {
	return func(ctx context.Context, op string) error {
		if at, ok := ctx.Deadline(); ok && time.Until(at) < after {
			time.Sleep(time.Until(at) - time.Millisecond)
			return os.ErrDeadlineExceeded
		}
		select {
		case <-time.After(after):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Behaviour 124: a part of a request that has no patience, or none left, does
// not decide for the others.
func TestImpatientPart(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]func(ctx context.Context) (context.Context, context.CancelFunc){
		"cancelled": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return ctx, cancel
		},
		"past its deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithDeadline(ctx, time.Now().Add(-time.Second))
		},
		"short": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 50*time.Millisecond)
		},
		"left while it waits": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithTimeout(ctx, time.Minute)
			time.AfterFunc(50*time.Millisecond, cancel)
			return ctx, cancel
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store := watch()
				b := newBrowser(t, newManager(t, testConfig(), store))
				b.visit(func(s *session.Session) { set(t, s, "a", 1) })
				ctx, end := b.open()
				for range 10 { // more than the breaker allows
					store.on(slowly(time.Second))
					if name == "left while it waits" {
						store.on(func(context.Context, string) error { time.Sleep(time.Second); return errDown })
					}
					impatient, cancel := part(ctx)
					_, err := session.From(impatient)
					if !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, session.ErrUnavailable) {
						t.Errorf("the part: %v", err)
					}
					cancel()
				}
				store.on(nil)
				s, err := session.From(ctx)
				if err != nil {
					t.Fatalf("the request: %v", err)
				}
				want(t, "a", get[int](t, s, "a"), 1)
				set(t, s, "a", 2)
				if err := end(); err != nil {
					t.Fatal(err)
				}
				b.visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 2) })
			})
		})
	}
}

// A request that is over itself hears so, every time, and costs no call.
func TestCancelledRequest(t *testing.T) {
	t.Parallel()
	store := watch()
	m := newManager(t, testConfig(), store)
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	store.total()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ctx, x, _ := sessiontest.Open(ctx, m, session.Incoming{Cookies: []string{b.cookie}})
	for range 2 {
		if _, err := session.From(ctx); err != context.Canceled {
			t.Errorf("From: %v", err)
		}
	}
	if out, err := x.Commit(); err != nil || out.SetCookie != "" || !out.Vary {
		t.Errorf("Commit: %+v, %v", out, err)
	}
	want(t, "store calls", store.total(), 0)
}

// Who waits for what another goroutine of the request is doing waits no longer
// than its own context says.
func TestWaitBesideAnotherGoroutine(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"load", "save"} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store := watch()
				b := newBrowser(t, newManager(t, testConfig(), store))
				b.visit(func(s *session.Session) { set(t, s, "a", 1) })
				ctx, end := b.open()
				var s *session.Session
				if op == "save" {
					s = from(t, ctx)
					set(t, s, "a", 2)
				}
				store.on(func(_ context.Context, got string) error {
					if got == op {
						time.Sleep(time.Second)
					}
					return nil
				})
				go func() {
					if op == "save" {
						s.Commit(ctx)
						return
					}
					session.From(ctx)
				}()
				synctest.Wait()

				waits := map[string]func(ctx context.Context) error{"From": func(ctx context.Context) error { _, err := session.From(ctx); return err }}
				if op == "save" {
					waits = map[string]func(ctx context.Context) error{
						"Commit": s.Commit, "Touch": s.Touch, "Reload": s.Reload, "Renew": s.Renew, "Destroy": s.Destroy,
					}
				}
				begin := time.Now()
				for name, wait := range waits {
					impatient, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
					if err := wait(impatient); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, session.ErrUnavailable) {
						t.Errorf("%s: %v", name, err)
					}
					cancel()
				}
				want(t, "the waits", time.Since(begin), time.Duration(len(waits))*10*time.Millisecond)
				if s, err := session.From(ctx); err != nil || get[int](t, s, "a") == 0 {
					t.Errorf("From with patience: %v", err)
				}
				if err := end(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// What fails for the caller's impatience fails for the caller alone: the
// session goes on with all that was changed.
func TestImpatientCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		b := newBrowser(t, newManager(t, testConfig(), store))
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		ctx, end := b.open()
		s := from(t, ctx)
		set(t, s, "a", 2)
		store.on(slowly(time.Second))
		for name, call := range map[string]func(ctx context.Context) error{"Reload": s.Reload, "Touch": s.Touch} {
			for range 6 {
				impatient, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
				if err := call(impatient); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, session.ErrUnavailable) {
					t.Errorf("%s: %v", name, err)
				}
				cancel()
			}
		}
		store.on(nil)
		if err := end(); err != nil {
			t.Fatal(err)
		}
		b.visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 2) })
	})
}

// A context's error that is not the caller's is a failure of the store.
func TestForeignContextError(t *testing.T) {
	t.Parallel()
	store := watch()
	b := newBrowser(t, newManager(t, testConfig(), store))
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	for _, foreign := range []error{context.Canceled, context.DeadlineExceeded} {
		store.on(func(context.Context, string) error { return foreign })
		ctx, _ := b.open()
		if _, err := session.From(ctx); !errors.Is(err, session.ErrUnavailable) || !errors.Is(err, foreign) {
			t.Errorf("From: %v", err)
		}
	}
}
