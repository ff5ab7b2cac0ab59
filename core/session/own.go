package session

import (
	"context"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// A handler that ends all sessions of a user, or of everybody, may end that of
// its own request with them. It has ended then as by [Session.Destroy]: the
// browser forgets its cookie, and a login that follows begins a new one.

// own returns the session of the request of ctx, or nil where nobody has asked
// for it yet.
func (m *Manager) own(ctx context.Context) *Session {
	x, _ := ctx.Value(ContextKey).(*Exchange)
	if x = x.of(m); x == nil {
		return nil
	}
	return x.Peek()
}

// endOwn takes note that the session of the request of ctx was ended in the
// store, if it is stored and which says so.
func (m *Manager) endOwn(ctx context.Context, which func(id ID, r *driver.Record) bool) {
	s := m.own(ctx)
	if s == nil || s.ended() != nil {
		return
	}
	if r := s.snapshot(); r.Revision > 0 && which(s.ID(), r) {
		s.finish(ErrDestroyed)
	}
}

// saveOwnLogin saves a login of the user in the request of ctx that was not
// saved yet, so that it is ended, or kept, like the others.
func (m *Manager) saveOwnLogin(ctx context.Context, user string) error {
	if s := m.own(ctx); s != nil && s.Revision() == 0 && s.User() == user {
		return s.Commit(ctx)
	}
	return nil
}
