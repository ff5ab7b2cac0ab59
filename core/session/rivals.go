package session

import (
	"context"
	"log/slog"
)

// Rivals are the live sessions of a request whose cookies lead to more than
// one. Whoever may set cookies for a parent domain can put one of a session of
// his own before the visitor's, and the request does not say which cookie came
// from where; so none of them counts, and the handler gets a new session.
//
// That one takes over the browser: once it is stored, and when the visitor logs
// out, the rivals end. They would make the next request ambiguous too, so that
// a login did not hold, and stay behind in the store, since the cookie of the
// new session replaces the visitor's own. It gives nobody anything: a cookie
// that says so may end its session anyway.

// supersede ends the rivals of a session that has been stored. What cannot be
// ended makes the next request ambiguous again, which is as safe as before.
func (s *Session) supersede(ctx context.Context) {
	if err := s.endRivals(ctx); err != nil {
		s.manager.log.LogAttrs(ctx, slog.LevelWarn, "session: the sessions of a request with ambiguous cookies were not ended", slog.Any("error", err))
	}
}

// endRivals is called while saving is locked.
func (s *Session) endRivals(ctx context.Context) error {
	for s.rivals != nil && len(*s.rivals) > 0 {
		if err := s.manager.Destroy(ctx, (*s.rivals)[0]); err != nil {
			return err
		}
		*s.rivals = (*s.rivals)[1:]
	}
	return nil
}
