package session_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// events keeps what an observer has heard.
type events struct {
	mu   sync.Mutex
	list []event.Event
}

func (e *events) option() session.Option {
	return session.WithObserver(func(_ context.Context, ev event.Event) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.list = append(e.list, ev)
	})
}

// take returns what was heard since the last time, but for the answers, calls of the store by their
// operation.
func (e *events) take() (list []event.Event, text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	list, e.list = e.list, nil
	list = slices.DeleteFunc(list, func(ev event.Event) bool { return ev.Kind == event.Answered }) // see TestAnswered
	var words []string
	for _, ev := range list {
		word := string(ev.Kind)
		if ev.Kind == event.Called {
			word = ev.Operation
		}
		words = append(words, word)
	}
	return list, strings.Join(words, ", ")
}

func (e *events) want(t *testing.T, what, want string) []event.Event {
	t.Helper()
	list, got := e.take()
	if got != want {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
	return list
}

// What a session goes through, and what is heard of it.
func TestEvents(t *testing.T) {
	t.Parallel()
	heard := &events{}
	m := newManager(t, testConfig(), memstore.New(0), heard.option())
	b := newBrowser(t, m)
	b.visit(func(*session.Session) {})
	heard.want(t, "a visit without a cookie", "")
	b.visit(func(s *session.Session) { set(t, s, "n", 1) })
	first := heard.want(t, "the first value", "save, created")[1]
	if first.Session == (driver.ID{}) || first.Requests != 1 || first.Conflicts != 0 || first.Took <= 0 {
		t.Errorf("%+v", first)
	}
	b.visit(func(s *session.Session) { want(t, "n", get[int](t, s, "n"), 1) })
	if e := heard.want(t, "a read", "load, loaded"); e[1].Session != first.Session || e[0].Took <= 0 {
		t.Errorf("%+v", e)
	}
	b.visit(func(s *session.Session) { wantNil(t, s.Renew(t.Context())) })
	e := heard.want(t, "a renewal", "load, loaded, save, save, renewed")[4]
	if e.Previous != first.Session || e.Session == e.Previous {
		t.Errorf("%+v", e)
	}
	b.request(func(ctx context.Context) { wantNil(t, auth.Login(ctx, "ada")) })
	if e := heard.want(t, "a login", "load, loaded, save, save, logged in")[4]; e.User != "ada" || e.Previous == (driver.ID{}) {
		t.Errorf("%+v", e)
	}
	copied := *b
	b.request(func(ctx context.Context) { wantNil(t, auth.Logout(ctx)) })
	if e := heard.want(t, "a logout", "load, loaded, delete, logged out")[3]; e.User != "ada" {
		t.Errorf("%+v", e)
	}
	copied.visit(func(*session.Session) {})
	if e := heard.want(t, "its cookie", "load, rejected")[1]; e.Reason != "not-found" {
		t.Errorf("%+v", e)
	}
	b.request(func(ctx context.Context) { wantNil(t, auth.Login(ctx, "ben")) })
	if e := heard.want(t, "a login in a new session", "save, created, logged in")[2]; e.User != "ben" {
		t.Errorf("%+v", e)
	}
	ctx, end := b.open()
	late := from(t, ctx)
	set(t, late, "late", 1)
	heard.take()
	_, err := m.DestroyUser(t.Context(), "ben")
	wantNil(t, err)
	if e := heard.want(t, "the end of all of a user's", "ended")[0]; e.User != "ben" || e.Sessions != 1 {
		t.Errorf("%+v", e)
	}
	if err := end(); !errors.Is(err, session.ErrGone) {
		t.Error(err)
	}
	if e := heard.want(t, "a late save", "save, gone"); e[0].Err != nil || e[1].User != "ben" {
		t.Errorf("%+v", e)
	}
	b.visit(func(s *session.Session) { set(t, s, "n", 1) })
	_, n := heard.take()
	b.visit(func(s *session.Session) { wantNil(t, s.Touch(t.Context())) })
	heard.want(t, "a touch after "+n, "load, loaded, touch, touched")
	ctx, end = b.open()
	id := from(t, ctx).ID()
	wantNil(t, end())
	heard.take()
	wantNil(t, m.Destroy(t.Context(), id))
	heard.want(t, "the end of one", "delete, ended")
	if _, err := m.DestroyAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	heard.want(t, "the end of all", "ended")
}

// However many requests one save carries and however often it is tried, the sum is
// what the requests did.
func TestEventsAddUp(t *testing.T) {
	t.Parallel()
	const workers, each = 3, 40
	heard, store := &events{}, memstore.New(0)
	var managers []*session.Manager
	for range workers {
		managers = append(managers, newManager(t, testConfig(), store, heard.option()))
	}
	b := newBrowser(t, managers[0])
	b.visit(func(s *session.Session) { set(t, s, "n", 0) })
	heard.take()
	var all sync.WaitGroup
	for i := range workers * each {
		all.Go(func() {
			own := browser{t: t, manager: managers[i%workers], cookie: b.cookie}
			own.visit(func(s *session.Session) {
				if _, err := session.Update(s, "n", func(n int) (int, error) { return n + 1, nil }); err != nil {
					t.Error(err)
				}
			})
		})
	}
	all.Wait()
	list, _ := heard.take()
	saved, loaded, calls, conflicts, saves := 0, 0, 0, 0, 0
	for _, e := range list {
		switch {
		case e.Kind == event.Saved:
			saves++
			saved += e.Requests
			conflicts += e.Conflicts
		case e.Kind == event.Loaded:
			loaded++
		case e.Operation == "save":
			calls++
		}
	}
	if saved != workers*each || loaded != workers*each || calls != saves+conflicts {
		t.Errorf("%d requests saved and %d loaded of %d; %d calls for %d saves with %d conflicts", saved, loaded, workers*each, calls, saves, conflicts)
	}
}

// A store that fails is heard of, and what its contract knows is no failure.
func TestEventsOfFailures(t *testing.T) {
	t.Parallel()
	heard, store := &events{}, watch()
	b := newBrowser(t, newManager(t, testConfig(), store, heard.option()))
	b.visit(func(s *session.Session) { set(t, s, "n", 1) })
	heard.take()
	store.on(func(context.Context, string) error { return errors.New("no route to host") })
	ctx, _ := b.open()
	if _, err := session.From(ctx); !errors.Is(err, session.ErrUnavailable) {
		t.Error(err)
	}
	if e := heard.want(t, "a load that fails", "load"); len(e) == 1 && e[0].Err == nil {
		t.Errorf("%+v", e)
	}
}

// The log says who has logged in and out, with ids that name nothing to anybody.
func TestAudit(t *testing.T) {
	t.Parallel()
	cfg := testConfig()
	cfg.Audit = true
	log := &logLines{}
	m := newManager(t, cfg, memstore.New(0), log.option())
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "n", 1) })
	b.request(func(ctx context.Context) { wantNil(t, auth.Login(ctx, "ada")) })
	b.request(func(ctx context.Context) { wantNil(t, auth.Logout(ctx)) })
	b.request(func(ctx context.Context) { wantNil(t, auth.Login(ctx, "ada")) })
	_, err := m.DestroyUser(t.Context(), "ada")
	wantNil(t, err)
	var got []string
	for _, line := range log.with("msg", "session: audit") {
		got = append(got, fmt.Sprint(line["event"], " ", line["user"], " ", line["sessions"]))
		for _, id := range []any{line["session"], line["previous"]} {
			if text, ok := id.(string); ok && len(text) != 8 {
				t.Errorf("%q is no short id", text)
			}
		}
	}
	if want := []string{"logged in ada <nil>", "logged out ada <nil>", "logged in ada <nil>", "ended ada 1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// request is visit for a handler that needs the request's context.
func (b *browser) request(f func(ctx context.Context)) {
	b.t.Helper()
	ctx, end := b.open()
	f(ctx)
	wantNil(b.t, end())
}

func wantNil(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
