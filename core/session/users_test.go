package session_test

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"testing"

	"github.com/gosessionkit/sessionkit/core/session"
)

// listed is a store that lets a test act between listing and what follows.
type listed struct {
	*session.MemoryStore
	after func() error
}

func (s *listed) ByUser(ctx context.Context, user string) iter.Seq2[session.Entry, error] {
	return func(yield func(session.Entry, error) bool) {
		for entry, err := range s.MemoryStore.ByUser(ctx, user) {
			if !yield(entry, err) {
				return
			}
		}
		if s.after != nil {
			if err := s.after(); err != nil {
				yield(session.Entry{}, err)
			}
		}
	}
}

// A session that gets a new id while its user's sessions are being ended does
// not slip through.
func TestDestroyUserCatchesRenewals(t *testing.T) {
	t.Parallel()
	store := &listed{MemoryStore: session.NewMemoryStore(0)}
	m := newManager(t, testConfig(), store)
	login := func() *browser {
		b := newBrowser(t, m)
		b.visit(func(s *session.Session) { s.RenewAs(t.Context(), "ada") })
		return b
	}
	mine, thief := login(), login()
	var keep session.ID
	mine.visit(func(s *session.Session) { keep = s.ID() })
	store.after = func() error {
		store.after = nil
		thief.visit(func(s *session.Session) { s.Renew(t.Context()) })
		return nil
	}
	if _, err := m.DestroyUser(t.Context(), "ada", keep); err != nil {
		t.Fatal(err)
	}
	thief.visit(func(s *session.Session) { want(t, "the renewed one's user", s.User(), "") })
	mine.visit(func(s *session.Session) { want(t, "the kept one's user", s.User(), "ada") })

	store.after = func() error { return errDown }
	if _, err := m.DestroyUser(t.Context(), "ada"); !errors.Is(err, session.ErrUnavailable) || session.HTTPStatus(err) != http.StatusServiceUnavailable {
		t.Errorf("a store that fails: %v", err)
	}
}
