package session_test

import (
	"context"
	"errors"
	"testing"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// A report on somebody's cookie finds what a request with it would, and is none.
func TestCookieSession(t *testing.T) {
	t.Parallel()
	var kinds []event.Kind
	m := newManager(t, testConfig(), memoryManager(t).Store(), session.WithObserver(func(_ context.Context, e event.Event) { kinds = append(kinds, e.Kind) }))
	b := newBrowser(t, m)
	var id session.ID
	b.visit(func(s *session.Session) { set(t, s, "n", 1); id = s.ID() })
	look := func(cookie string) (session.Status, session.ID, error) {
		ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{cookie}})
		status, id, r, err := x.CookieSession(ctx, m)
		if (r != nil) != (status.State == session.StateLoaded) || r != nil && r.Values.Len() != 1 {
			t.Errorf("%v, and the record %+v", status, r)
		}
		return status, id, err
	}
	kinds = nil
	rejected := m.Diagnostics().Rejections()
	if status, found, err := look("session=x; " + b.cookie); status.State != session.StateLoaded || found != id || err != nil {
		t.Error(status, err)
	}
	if status, found, err := look(b.cookie[:len(b.cookie)-2]); status.Reason != diagnose.ReasonMalformed || found != (session.ID{}) || err != nil {
		t.Error(status, err)
	}
	old := b.cookie
	b.visit(func(s *session.Session) {
		if err := s.Renew(t.Context()); err != nil {
			t.Error(err)
		}
	})
	kinds = kinds[:0]
	if status, found, err := look(old); status.Reason != diagnose.ReasonRenewed || status.State != session.StateRejected || found != id || err != nil {
		t.Error(status, err)
	}
	if err := m.Destroy(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	kinds = kinds[:0]
	if status, _, err := look(b.cookie); status.Reason != diagnose.ReasonNotFound || err != nil {
		t.Error(status, err)
	}
	for _, kind := range kinds {
		if kind != event.Called {
			t.Errorf("it counts as %s", kind)
		}
	}
	for reason, n := range m.Diagnostics().Rejections() {
		if n != rejected[reason] {
			t.Errorf("%d requests were rejected, %s", n, reason)
		}
	}
	m.Close()
	if status, _, err := look(b.cookie); !errors.Is(err, session.ErrClosed) || status.State != "" {
		t.Error(status, err)
	}
	if _, _, _, err := (*session.Exchange)(nil).CookieSession(t.Context(), m); !errors.Is(err, session.ErrNoMiddleware) {
		t.Error(err)
	}
}
