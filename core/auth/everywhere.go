package auth

import (
	"context"
	"slices"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
)

// Info describes one of a user's sessions, for a page on which users see and
// end their own (OWASP ASVS 5.0, 7.5.2).
type Info struct {
	ID      session.ID
	Login   time.Time
	Expires time.Time
	Current bool // the one this request belongs to
}

// Sessions lists the sessions of who is logged in, the latest login first.
// The errors are ErrNotLoggedIn and session.ErrNoUserIndex when the store
// keeps no index.
func Sessions(ctx context.Context, sessions *session.Manager) ([]Info, error) {
	s, err := current(ctx, sessions)
	if err != nil {
		return nil, err
	}
	entries, err := sessions.UserSessions(ctx, s.User())
	if err != nil {
		return nil, err
	}
	list := make([]Info, 0, len(entries))
	for _, entry := range entries {
		list = append(list, Info{entry.ID, entry.Record.Created, entry.Record.Expires, entry.ID == s.ID()})
	}
	slices.SortFunc(list, func(a, b Info) int { return b.Login.Compare(a.Login) })
	return list, nil
}

// LogoutEverywhere ends all sessions of who is logged in, this one last, and
// says how many. On an error some may be left; this one is, and it is safe to
// try again.
func LogoutEverywhere(ctx context.Context, sessions *session.Manager) (ended int, err error) {
	s, err := current(ctx, sessions)
	if err != nil {
		return 0, err
	}
	ended, err = sessions.DestroyUser(ctx, s.User(), s.ID())
	if err != nil {
		return ended, err
	}
	return ended + 1, s.Destroy(ctx)
}

// LogoutOthers ends all sessions of who is logged in but this one, for
// instance after a change of password (OWASP ASVS 5.0, 7.4.3), and says how
// many.
func LogoutOthers(ctx context.Context, sessions *session.Manager) (ended int, err error) {
	s, err := current(ctx, sessions)
	if err != nil {
		return 0, err
	}
	return sessions.DestroyUser(ctx, s.User(), s.ID())
}

// End ends one session of who is logged in. An ID that is not one of the
// user's own is left alone, without an error.
func End(ctx context.Context, sessions *session.Manager, id session.ID) error {
	list, err := Sessions(ctx, sessions)
	if err != nil {
		return err
	}
	for _, info := range list {
		switch {
		case info.ID != id:
		case info.Current:
			return Logout(ctx)
		default:
			return sessions.Destroy(ctx, id)
		}
	}
	return nil
}

func current(ctx context.Context, sessions *session.Manager) (*session.Session, error) {
	s, err := sessions.From(ctx)
	if err == nil && s.User() == "" {
		err = ErrNotLoggedIn
	}
	return s, err
}
