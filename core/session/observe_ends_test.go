package session_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// wantButCalls is want without the calls of the store.
func (e *events) wantButCalls(t *testing.T, what, want string) []event.Event {
	t.Helper()
	list, _ := e.take()
	list = slices.DeleteFunc(list, func(ev event.Event) bool { return ev.Kind == event.Called })
	var got []string
	for _, ev := range list {
		got = append(got, string(ev.Kind))
	}
	if strings.Join(got, ", ") != want {
		t.Fatalf("%s: %q, want %s", what, got, want)
	}
	return list
}

// A session that is taken over from another library is created by that, once.
func TestEventsOfTakenOver(t *testing.T) {
	t.Parallel()
	heard := &events{}
	m := newOldLibrary().manager(t, memstore.New(0), heard.option())
	b := oldBrowser(t, m)
	b.visit(func(*session.Session) {})
	if e := heard.wantButCalls(t, "the first request", "created, loaded"); e[0].User != "ada" || e[0].Session != e[1].Session || e[0].Requests != 0 || e[0].Took <= 0 {
		t.Errorf("%+v", e)
	}
	again := oldBrowser(t, m)
	again.visit(func(*session.Session) {})
	heard.wantButCalls(t, "another with the old cookie", "loaded")
}

// What was changed before a renewal or a login goes along with the new id.
func TestEventsOfChangesThatMove(t *testing.T) {
	t.Parallel()
	heard := &events{}
	b := newBrowser(t, newManager(t, testConfig(), memstore.New(0), heard.option()))
	b.visit(func(s *session.Session) { set(t, s, "n", 1) })
	heard.take()
	b.request(func(ctx context.Context) {
		s := from(t, ctx)
		set(t, s, "n", 2)
		wantNil(t, s.Renew(ctx))
		wantNil(t, auth.Login(ctx, "ada"))
	})
	if e := heard.wantButCalls(t, "a change, a renewal and a login", "loaded, renewed, logged in"); e[1].Requests != 1 || e[2].Requests != 0 {
		t.Errorf("%+v", e)
	}
}

// A session whose lifetime its request ends has ended; a late logout ends what it has
// become, under that id.
func TestEventsOfEnds(t *testing.T) {
	t.Parallel()
	heard := &events{}
	b := newBrowser(t, newManager(t, testConfig(), memstore.New(0), heard.option()))
	b.request(func(ctx context.Context) { wantNil(t, auth.Login(ctx, "ada")) })
	heard.take()
	b.visit(func(s *session.Session) { wantNil(t, s.SetLifetime(-time.Second)) })
	if e := heard.wantButCalls(t, "the end of its lifetime", "loaded, saved, logged out"); e[2].User != "ada" {
		t.Errorf("%+v", e)
	}
	b.visit(func(s *session.Session) { set(t, s, "n", 1) })
	late := *b
	b.visit(func(s *session.Session) { wantNil(t, s.Renew(t.Context())) })
	list, _ := heard.take()
	now := list[len(list)-1].Session
	late.request(func(ctx context.Context) { wantNil(t, auth.Logout(ctx)) })
	if e := heard.wantButCalls(t, "a late logout", "rejected, ended"); e[1].Session != now {
		t.Errorf("%v has ended, and it was %v", e[1].Session.Short(), now.Short())
	}
}

// failsToRemove revokes sessions and removes none of their records.
type failsToRemove struct{ *memstore.Store }

func (failsToRemove) RemoveRevoked(context.Context, driver.Owner, int) (int, bool, error) {
	return 0, true, errors.New("no route to host")
}

// Who is logged out everywhere is so from the revocation on, which an audit has to
// know, whether or not the records could be removed.
func TestEventsOfHalfARevocation(t *testing.T) {
	t.Parallel()
	heard := &events{}
	m := newManager(t, testConfig(), failsToRemove{memstore.New(0)}, heard.option())
	b := newBrowser(t, m)
	b.request(func(ctx context.Context) { wantNil(t, auth.Login(ctx, "ada")) })
	heard.take()
	if _, err := m.DestroyUser(t.Context(), "ada"); !errors.Is(err, session.ErrUnavailable) {
		t.Fatal(err)
	}
	if e := heard.wantButCalls(t, "the end of all", "ended"); e[0].User != "ada" {
		t.Errorf("%+v", e)
	}
}

// An observer holds no lock of the session's: one that has it from elsewhere reads on.
func TestObserverReads(t *testing.T) {
	t.Parallel()
	var mine *session.Session
	read := 0
	m := newManager(t, testConfig(), memstore.New(0), session.WithObserver(func(context.Context, event.Event) {
		if mine != nil {
			_, read = mine.User(), read+1
		}
	}))
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "n", 1) })
	ctx, end := b.open()
	mine = from(t, ctx)
	wantNil(t, mine.Renew(ctx))
	wantNil(t, m.Destroy(ctx, mine.ID()))
	if _, err := session.Update(mine, "n", func(n int) (int, error) { return n + 1, nil }); !errors.Is(err, session.ErrGone) {
		t.Error(err)
	}
	wantNil(t, end())
	if read < 4 {
		t.Errorf("read %d times", read)
	}
}
