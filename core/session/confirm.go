package session

import (
	"context"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// Authenticated is when who is logged in has last proved who he is: by the login or
// a later [Session.Confirm], and not by a renewal (OWASP ASVS 5.0, 7.5.1, 7.5.3). It
// is zero for nobody, and for a session that was taken over from another library
// ([WithPredecessor]), of which nobody knows.
func (s *Session) Authenticated() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end != nil {
		return time.Time{}
	}
	return s.base.Authenticated()
}

// IsFresh reports whether Authenticated is less than maxAge ago. Where the clock of
// the worker that has set it is ahead of this one's it lies in the future, and
// counts for as long as it is less than maxAge away.
func (s *Session) IsFresh(maxAge time.Duration) bool {
	at := s.Authenticated()
	return !at.IsZero() && s.manager.now().Sub(at).Abs() < maxAge
}

// Confirm notes that who is logged in has proved again who he is, by the password,
// say. It gives the session a new id as [Session.Renew] does, whose errors it has, and
// changes nothing else: neither the absolute end nor Created. While nobody is logged
// in it is Renew.
func (s *Session) Confirm(ctx context.Context) error {
	return s.renew(ctx, &Login{confirms: true})
}

func (m *Manager) confirm(r *driver.Record) {
	if r.User != "" {
		d := r.Detailed()
		d.Authenticated = m.now().Truncate(time.Millisecond)
		r.Details = d
	}
}
