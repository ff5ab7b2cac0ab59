package session_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

var errDown = errors.New("connection refused")

func failOn(ops ...string) func(context.Context, string) error {
	return func(_ context.Context, op string) error {
		for _, failing := range ops {
			if op == failing {
				return errDown
			}
		}
		return nil
	}
}

// Behaviours 102, 103, 105, 109: a failing store is an error, and afterwards
// all is as it was.
func TestStoreFails(t *testing.T) {
	t.Parallel()
	store := watch()
	b := newBrowser(t, newManager(t, testConfig(), store))
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })

	store.on(failOn("load"))
	ctx, end := b.open()
	for range 2 {
		_, err := session.From(ctx)
		if !errors.Is(err, session.ErrUnavailable) || !errors.Is(err, errDown) || session.HTTPStatus(err) != http.StatusServiceUnavailable {
			t.Fatalf("From: %v", err)
		}
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	want(t, "calls of a failing load", store.total(), 2)

	store.on(nil)
	ctx, _ = b.open()
	s := from(t, ctx)
	store.on(failOn("save", "delete"))
	set(t, s, "a", 2)
	_, updateErr := session.Update(s, "n", func(n int) (int, error) { return n + 1, nil })
	for name, err := range map[string]error{"Commit": s.Commit(ctx), "Update": updateErr, "Renew": s.Renew(ctx), "Destroy": s.Destroy(ctx)} {
		if !errors.Is(err, session.ErrUnavailable) || !errors.Is(err, errDown) {
			t.Errorf("%s: %v", name, err)
		}
	}
	want(t, "a in the session", get[int](t, s, "a"), 2)
	store.on(nil)
	if err := s.Commit(ctx); err != nil {
		t.Fatal("Commit when the store is back:", err)
	}
	b.visit(func(s *session.Session) { want(t, "s", s.Values().JSON(), `{"a":2}`) })
}

// An outage is a line a minute in the log, not one for each request.
func TestOutageInTheLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, log := watch(), &logLines{}
		b := newBrowser(t, newManager(t, testConfig(), store, log.option()))
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		store.on(failOn("load"))
		fail := func(times int) []map[string]any {
			for range times {
				ctx, _ := b.open()
				if _, err := session.From(ctx); !errors.Is(err, session.ErrUnavailable) {
					t.Errorf("From: %v", err)
				}
			}
			return log.with("msg", "session: not read")
		}
		if lines := fail(5); len(lines) != 1 || lines[0]["level"] != "ERROR" || lines[0]["same_not_logged"] != 0.0 {
			t.Errorf("logged %v", lines)
		}
		time.Sleep(time.Minute)
		if lines := fail(1); len(lines) != 2 || lines[1]["same_not_logged"] != 4.0 {
			t.Errorf("a minute later: %v", lines)
		}
	})
}

// Behaviour 106: a slow store is told from a caller who went away.
func TestSlowStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		b := newBrowser(t, newManager(t, testConfig(), store))
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		ctx, _ := b.open()
		s := from(t, ctx)
		store.on(func(ctx context.Context, op string) error { <-ctx.Done(); return ctx.Err() })

		start := time.Now()
		fresh, _ := b.open()
		_, err := session.From(fresh)
		if !errors.Is(err, session.ErrUnavailable) || !strings.Contains(err.Error(), "--session-timeout") {
			t.Errorf("load: %v", err)
		}
		want(t, "the load's wait", time.Since(start), 2*time.Second)

		set(t, s, "a", 2)
		if err := s.Commit(ctx); !errors.Is(err, session.ErrUnavailable) {
			t.Errorf("save: %v", err)
		}
		want(t, "the save's wait", time.Since(start), 4*time.Second)

		fresh, _ = b.open()
		fresh, cancel := context.WithTimeout(fresh, time.Second)
		defer cancel()
		if _, err := session.From(fresh); errors.Is(err, session.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the caller's own deadline: %v", err)
		}
	})
}

// A conflict that never ends is given up, and nothing is saved half.
func TestEndlessConflict(t *testing.T) {
	t.Parallel()
	synctest.Test(t, endlessConflict) // as often as it likes in no time
}

func endlessConflict(t *testing.T) {
	store := watch()
	m := newManager(t, testConfig(), store)
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	other := *b
	ctx, _ := b.open()
	s := from(t, ctx)
	store.on(func(ctx context.Context, op string) error {
		if op != "save" {
			return nil
		}
		current, err := store.Store.Load(ctx, s.ID())
		if err != nil {
			return err
		}
		return store.Store.Save(ctx, s.ID(), current) // always a little faster
	})
	set(t, s, "a", 2)
	if err := s.Commit(ctx); !errors.Is(err, session.ErrContended) {
		t.Fatalf("Commit: %v", err)
	}
	store.on(nil)
	other.visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 1) })
}

// What changes after the headers is saved when the browser has the cookie,
// and said to be lost when it has none.
func TestLateChanges(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	m := newManager(t, testConfig(), memstore.New(0), session.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	b := newBrowser(t, m)
	late := func(f func(s *session.Session)) error {
		in := session.Incoming{Cookies: []string{b.cookie}}
		ctx, x, _ := sessiontest.Open(t.Context(), m, in)
		s := from(t, ctx)
		out, err := x.Commit()
		if err != nil {
			t.Fatal(err)
		}
		b.take(out)
		f(s)
		return x.Finish()
	}
	if err := late(func(s *session.Session) { set(t, s, "a", 1) }); err != session.ErrHeadersSent {
		t.Fatalf("a new session after the headers: %v", err)
	}
	if !strings.Contains(log.String(), "level=ERROR") || !strings.Contains(log.String(), "lost") {
		t.Errorf("log: %s", log.String())
	}
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	if err := late(func(s *session.Session) { set(t, s, "late", 1) }); err != nil {
		t.Fatal(err)
	}
	b.visit(func(s *session.Session) { want(t, "late", get[int](t, s, "late"), 1) })
}

// What the client was told to be lost is not saved behind its back, nor waited
// for once more.
func TestNothingIsSavedAfterAnError(t *testing.T) {
	t.Parallel()
	store := watch()
	m := newManager(t, testConfig(), store)
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{b.cookie}})
	set(t, from(t, ctx), "a", 2)
	store.on(failOn("save"))
	if _, err := x.Commit(); !errors.Is(err, session.ErrUnavailable) {
		t.Fatalf("Commit: %v", err)
	}
	store.on(nil)
	store.total()
	if err := x.Finish(); err != nil {
		t.Errorf("Finish: %v", err)
	}
	want(t, "store calls of Finish", store.total(), 0)
	b.visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 1) })
}

// Behaviours 69 and 97.
func TestIDTaken(t *testing.T) {
	t.Parallel()
	store := watch()
	b := newBrowser(t, newManager(t, testConfig(), store))
	collisions := 0
	store.on(func(_ context.Context, op string) error {
		if collisions++; collisions <= 3 {
			return &driver.ConflictError{Current: &driver.Record{Revision: 1}}
		}
		return nil
	})
	b.visit(func(s *session.Session) {
		before := s.ID()
		set(t, s, "a", 1)
		if err := s.Commit(t.Context()); err != nil || s.ID() == before {
			t.Fatalf("Commit: %v", err)
		}
	})
	b.visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 1) })
}

func TestCancelledCaller(t *testing.T) {
	t.Parallel()
	store := watch()
	b := newBrowser(t, newManager(t, testConfig(), store))
	b.visit(func(s *session.Session) {
		set(t, s, "a", 1)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for name, err := range map[string]error{"Commit": s.Commit(ctx), "Renew": s.Renew(ctx), "Destroy": s.Destroy(ctx)} {
			if err != context.Canceled {
				t.Errorf("%s: %v", name, err)
			}
		}
		want(t, "store calls", store.total(), 0)
	})
	b.visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 1) })
}

// A store that hangs is given up on after a few timeouts, so that requests do
// not pile up behind it, and is back within half a second of answering again.
func TestBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		b := newBrowser(t, newManager(t, testConfig(), store))
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		try := func() (time.Duration, error) {
			start := time.Now()
			ctx, _ := b.open()
			_, err := session.From(ctx)
			return time.Since(start), err
		}
		store.on(func(ctx context.Context, op string) error { <-ctx.Done(); return ctx.Err() })
		for range 5 {
			if took, err := try(); took != 2*time.Second || !errors.Is(err, session.ErrUnavailable) {
				t.Fatalf("%v after %v", err, took)
			}
		}
		store.total()
		for range 10 {
			if took, err := try(); took != 0 || !errors.Is(err, session.ErrUnavailable) || session.HTTPStatus(err) != http.StatusServiceUnavailable {
				t.Fatalf("given up: %v after %v", err, took)
			}
		}
		want(t, "store calls when given up", store.total(), 0)
		time.Sleep(500 * time.Millisecond)
		if took, _ := try(); took != 2*time.Second {
			t.Errorf("the one that tries again took %v", took)
		}
		if took, _ := try(); took != 2*time.Second { // half a second has passed again
			t.Errorf("the next that tries again took %v", took)
		}
		store.on(nil)
		time.Sleep(500 * time.Millisecond)
		for range 2 {
			if took, err := try(); took != 0 || err != nil {
				t.Errorf("back again: %v after %v", err, took)
			}
		}

		store.on(failOn("load")) // errors are answers
		for range 10 {
			try()
		}
		want(t, "calls of a store that fails", store.total() >= 10, true)

		store.on(func(ctx context.Context, op string) error { <-ctx.Done(); return ctx.Err() })
		for range 10 { // impatient callers do not count
			ctx, _ := b.open()
			ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
			session.From(ctx)
			cancel()
		}
		store.on(nil)
		if _, err := try(); err != nil {
			t.Errorf("after impatient callers: %v", err)
		}
	})
}

// Behaviour 107: with the policy "anonymous" a dead store leaves an empty
// session that takes no changes, sets no cookie, and claims nothing.
func TestAnonymousInOutage(t *testing.T) {
	t.Parallel()
	cfg := testConfig()
	cfg.OnOutage = config.OutageAnonymous
	store := watch()
	b := newBrowser(t, newManager(t, cfg, store))
	b.visit(func(s *session.Session) {
		set(t, s, "a", 1)
		if err := s.RenewAs(t.Context(), "ada"); err != nil {
			t.Fatal(err)
		}
	})
	store.on(failOn("load", "save", "touch", "delete"))
	b.visit(func(s *session.Session) {
		want(t, "state", s.Status().String(), "outage")
		want(t, "user", s.User(), "")
		want(t, "a", get[int](t, s, "a"), 0)
		_, updateErr := session.Update(s, "n", func(n int) (int, error) { return n + 1, nil })
		for name, err := range map[string]error{
			"Set": session.Set(s, "a", 2), "Update": updateErr, "Flash": s.Flash("", "x"), "Renew": s.Renew(t.Context()),
			"RenewAs": s.RenewAs(t.Context(), "eve"), "Destroy": s.Destroy(t.Context()), "SetLifetime": s.SetLifetime(1),
		} {
			if !errors.Is(err, session.ErrUnavailable) {
				t.Errorf("%s: %v", name, err)
			}
		}
		want(t, "modified", s.Modified(), false)
	})
	if b.last != nil {
		t.Errorf("set the cookie %v", b.last)
	}
	store.on(nil)
	b.visit(func(s *session.Session) {
		want(t, "user", s.User(), "ada")
		want(t, "a", get[int](t, s, "a"), 1)
	})
}
