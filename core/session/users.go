package session

import (
	"context"
	"errors"
	"iter"
	"slices"
)

// ErrNoUserIndex: the store cannot find the sessions of a user.
var ErrNoUserIndex = errors.New("session: this store keeps no index of users")

// UserSessions yields the live sessions of a user. The error is
// ErrNoUserIndex when the store keeps no index, or the store's own.
func (m *Manager) UserSessions(ctx context.Context, user string) iter.Seq2[Entry, error] {
	store, ok := m.store.(UserIndex)
	if !ok {
		return func(yield func(Entry, error) bool) { yield(Entry{}, ErrNoUserIndex) }
	}
	return store.ByUser(ctx, user)
}

// DestroyUser ends all sessions of a user but those to keep, and says how
// many: after a change of credentials, or when an account is disabled
// (OWASP ASVS 5.0, 7.4.2, 7.4.3, 7.4.5). On an error some may be left; it is
// safe to call again.
func (m *Manager) DestroyUser(ctx context.Context, user string, keep ...ID) (ended int, err error) {
	for entry, err := range m.UserSessions(ctx, user) {
		if err != nil {
			return ended, err
		}
		if slices.Contains(keep, entry.ID) {
			continue
		}
		if err := m.Destroy(ctx, entry.ID); err != nil {
			return ended, err
		}
		ended++
	}
	return ended, nil
}
