package session_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// Goroutines of one request do at once all that takes a lock, from inside Once
// too, with a log that asks for the session. No two of them wait for each other,
// and under the race detector each field is read under a lock that its writers
// hold.
func TestLocksAreTakenInOneOrder(t *testing.T) {
	t.Parallel()
	m := newManager(t, testConfig(), memstore.New(0), session.WithLogger(slog.New(asking{slog.DiscardHandler})))
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{b.cookie}})
	operations := []func(s *session.Session){
		func(s *session.Session) { session.Set(s, "a", 2) },
		func(s *session.Session) { session.Update(s, "n", func(n int) (int, error) { return n + 1, nil }) },
		func(s *session.Session) { session.Pop[int](s, "a") },
		func(s *session.Session) { s.Flash("info", "hello") },
		func(s *session.Session) { s.Flashes() },
		func(s *session.Session) { s.Commit(ctx) },
		func(s *session.Session) { s.Reload(ctx) },
		func(s *session.Session) { s.Touch(ctx) },
		func(s *session.Session) { s.Renew(ctx) },
		func(s *session.Session) { s.RenewAs(ctx, "ada") },
		func(s *session.Session) { m.UserSessions(ctx, s.User()) },
		func(s *session.Session) { m.DestroyUser(ctx, s.User(), s.ID()) },
		func(s *session.Session) { x.Peek() },
		func(s *session.Session) { s.Keys(); s.ID(); s.Expires(); s.Modified() },
	}
	for _, inside := range operations[:len(operations):len(operations)] {
		operations = append(operations, func(s *session.Session) {
			s.Once(new(int), func() (any, error) {
				again, err := session.From(ctx)
				if err == nil {
					inside(again)
				}
				return nil, err
			})
		})
	}
	var all sync.WaitGroup
	for _, operation := range operations {
		all.Go(func() {
			for range 10 {
				s, err := session.From(ctx)
				if err != nil {
					t.Error(err)
					return
				}
				operation(s)
			}
		})
	}
	all.Wait()
	if _, err := x.Commit(); err != nil {
		t.Error(err)
	}
	if err := x.Finish(); err != nil {
		t.Error(err)
	}
}

// leading notes which log lines have a context that leads to the session.
type leading struct {
	slog.Handler
	lines *[]string
}

func (h leading) Handle(ctx context.Context, r slog.Record) error {
	if _, err := session.From(ctx); err == nil {
		*h.lines = append(*h.lines, r.Message)
	}
	return h.Handler.Handle(ctx, r)
}

// A line that is logged while a session is being saved does not lead to it: a
// log that saves it would wait for itself.
func TestLogWhileSaving(t *testing.T) {
	t.Parallel()
	store := watch()
	var lines, logged []string
	log := slog.New(leading{recording{slog.DiscardHandler, &logged}, &lines})
	m := newManager(t, testConfig(), store, session.WithLogger(log))
	one, two := made(t, m, "one"), made(t, m, "two")
	b := &browser{t: t, manager: m, cookie: one.cookie + "; " + two.cookie}
	ctx, end := b.open()
	s := from(t, ctx)
	store.on(failOn("delete"))
	set(t, s, "a", 1)
	if err := s.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	store.on(nil)
	if err := end(); err != nil {
		t.Fatal(err)
	}
	if len(logged) == 0 || len(lines) > 0 {
		t.Errorf("of %q these lead to the session: %q", logged, lines)
	}
}

// recording keeps what is logged.
type recording struct {
	slog.Handler
	lines *[]string
}

func (h recording) Enabled(context.Context, slog.Level) bool { return true }

func (h recording) Handle(_ context.Context, r slog.Record) error {
	*h.lines = append(*h.lines, r.Message)
	return nil
}

// Calls that a request makes one after the other share the Done channel, by which
// the Redis store knows what it may send together. Later ones have another.
func TestCallsShareTheirEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		m := newManager(t, testConfig(), store)
		b := newBrowser(t, m)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		var ends []<-chan struct{}
		store.on(func(ctx context.Context, _ string) error {
			ends = append(ends, ctx.Done())
			return nil
		})
		for range 2 {
			b.visit(func(s *session.Session) { set(t, s, "a", 2) }) // a load and a save
		}
		want(t, "calls", len(ends), 4)
		for _, end := range ends {
			want(t, "the channel of one is that of the others", end == ends[0] && end != nil, true)
		}
		time.Sleep(m.Config().Timeout)
		b.visit(func(s *session.Session) {})
		want(t, "that of a later call", ends[len(ends)-1] == ends[0], false)
	})
}

// While the store is given up only the calls of the request path stay out.
func TestBreakerIsForRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := tagged{watch()}
		m := newManager(t, testConfig(), store)
		b, visitor := made(t, m, "ada"), newBrowser(t, m)
		visitor.visit(func(s *session.Session) { set(t, s, "a", 1) })
		ctx, end := b.open()
		s := from(t, ctx)
		store.on(func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() })
		for range 5 {
			if err := s.Reload(ctx); !errors.Is(err, session.ErrUnavailable) {
				t.Fatal(err)
			}
		}
		store.total()
		set(t, s, "a", 1)
		for name, call := range map[string]func() error{
			"LoadTagged": func() error { return s.Reload(ctx) },
			"Load": func() error {
				ctx, _ := visitor.open()
				_, err := session.From(ctx)
				return err
			},
			"Save":   func() error { return s.Commit(ctx) },
			"Touch":  func() error { return s.Touch(ctx) },
			"Delete": func() error { return m.Destroy(ctx, s.ID()) },
		} {
			if err := call(); !errors.Is(err, session.ErrUnavailable) {
				t.Errorf("%s: %v", name, err)
			}
		}
		want(t, "calls of a store that is given up", store.total(), 0)
		if list, err := m.UserSessions(t.Context(), "ada"); len(list) != 1 || err != nil {
			t.Errorf("the list of a user's sessions: %v, %v", list, err)
		}
		if _, err := m.DestroyUser(t.Context(), "ada"); err != nil {
			t.Errorf("the end of a user's sessions: %v", err)
		}
		store.on(nil)
		end()
	})
}

// tagged is a watchedStore that is a driver.TagLoader too.
type tagged struct{ *watchedStore }

func (s tagged) LoadTagged(ctx context.Context, id session.ID, _ driver.OwnerTag) (*driver.Record, error) {
	return s.Load(ctx, id)
}
