package session

import (
	"context"
	"errors"
	"slices"
)

// ErrNoUserIndex: the store cannot find the sessions of a user.
var ErrNoUserIndex = errors.New("session: this store keeps no index of users")

// UserSessions lists the live sessions of a user. The error is
// ErrNoUserIndex when the store keeps no index, and ErrUnavailable.
func (m *Manager) UserSessions(ctx context.Context, user string) (list []Entry, err error) {
	store, ok := m.store.(UserIndex)
	if !ok {
		return nil, ErrNoUserIndex
	}
	bounded, cancel := m.storeContext(ctx)
	defer cancel()
	for entry, err := range store.ByUser(bounded, user) {
		if err != nil {
			return nil, m.failure(ctx, "list by user", entry.ID, err)
		}
		list = append(list, entry)
	}
	return list, nil
}

// destroyPasses bounds how often DestroyUser looks again.
const destroyPasses = 10

// DestroyUser ends all sessions of a user but those to keep, and says how
// many: after a change of credentials, or when an account is disabled
// (OWASP ASVS 5.0, 7.4.2, 7.4.3, 7.4.5). It looks again until there is none
// left, for a session may get a new id meanwhile. On an error some may be
// left, ErrContended when new ones kept coming; it is safe to call again.
func (m *Manager) DestroyUser(ctx context.Context, user string, keep ...ID) (ended int, err error) {
	gone := map[ID]bool{}
	for range destroyPasses {
		list, err := m.UserSessions(ctx, user)
		if err != nil {
			return len(gone), err
		}
		left := false
		for _, entry := range list {
			if slices.Contains(keep, entry.ID) {
				continue
			}
			if err := m.Destroy(ctx, entry.ID); err != nil {
				return len(gone), err
			}
			left, gone[entry.ID] = true, true
		}
		if !left {
			return len(gone), nil
		}
	}
	return len(gone), ErrContended
}
