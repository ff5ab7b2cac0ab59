package auth

import (
	"context"
	"slices"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
)

// SessionInfo describes one of a user's sessions, for a page on which users see
// and end their own (OWASP ASVS 5.0, 7.5.2).
type SessionInfo struct {
	ID      session.ID
	Label   string // what the login was given, "" for nothing
	Login   time.Time
	Expires time.Time // unless it is used again before
	Current bool      // the one this request belongs to

	// From is the address that the login came from, or its network, such as
	// "192.0.2.7" and "192.0.2.0/24"; "" without [IP] and [Network].
	From string

	// LastUsed is when the session was last used, to within ten minutes; zero
	// without [LastUsed].
	LastUsed time.Time
}

// Sessions lists the sessions of who is logged in, the latest login first. A
// login of this request counts: it is saved first. The errors are
// ErrNotLoggedIn, session.ErrNoUserIndex when the store keeps no index,
// session.ErrUnavailable, also where requests go on without the store, and
// those of [session.Session.Commit].
func Sessions(ctx context.Context, sessions *session.Manager) ([]SessionInfo, error) {
	s, err := current(ctx, sessions)
	if err != nil {
		return nil, err
	}
	entries, err := sessions.UserSessions(ctx, s.User())
	if err != nil {
		return nil, err
	}
	list := make([]SessionInfo, 0, len(entries))
	for _, entry := range entries {
		list = append(list, SessionInfo{
			ID:      entry.ID,
			Label:   entry.Record.Label,
			Login:   entry.Record.Created,
			Expires: entry.Record.Expires,
			Current: entry.ID == s.ID(),

			From:     entry.Record.Detailed().From,
			LastUsed: entry.Record.Detailed().Used,
		})
	}
	slices.SortFunc(list, func(a, b SessionInfo) int { return b.Login.Compare(a.Login) })
	return list, nil
}

// LogoutEverywhere ends all sessions of who is logged in, this one too, and
// says how many; see [session.Manager.DestroyUser] for what is counted. The
// errors are those of [Sessions]. After one this session goes on, unless all have
// ended already and only records were left to remove.
func LogoutEverywhere(ctx context.Context, sessions *session.Manager) (ended int, err error) {
	s, err := current(ctx, sessions)
	if err != nil {
		return 0, err
	}
	return sessions.DestroyUser(ctx, s.User())
}

// LogoutOthers ends all sessions of who is logged in but this one, for
// instance after a change of password (OWASP ASVS 5.0, 7.4.3), and says how
// many. Of several requests that do so at a time, each from a session of its
// own, one wins; the others get session.ErrGone, as their session was ended.
// The other errors are those of [Sessions].
func LogoutOthers(ctx context.Context, sessions *session.Manager) (ended int, err error) {
	s, err := current(ctx, sessions)
	if err != nil {
		return 0, err
	}
	return sessions.DestroyUser(ctx, s.User(), s.ID())
}

// EndSession ends one session of who is logged in. An ID that is not one of the
// user's own is left alone, without an error. The errors are those of
// [Sessions].
func EndSession(ctx context.Context, sessions *session.Manager, id session.ID) error {
	s, err := current(ctx, sessions)
	if err != nil {
		return err
	}
	if id == s.ID() {
		return s.Destroy(ctx)
	}
	_, err = sessions.DestroyUserSession(ctx, s.User(), id)
	return err
}

// current returns the session of who is logged in with sessions. It is in the
// store: a login of this request that was not saved yet would not be found
// there.
func current(ctx context.Context, sessions *session.Manager) (*session.Session, error) {
	s, err := sessions.From(ctx)
	if err == nil {
		err = RequireSession(s)
	}
	if err == nil && s.Revision() == 0 {
		err = s.Commit(ctx)
	}
	return s, err
}
