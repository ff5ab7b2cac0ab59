package session

import (
	"context"
	"errors"
	"slices"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/event"
)

// ErrNoUserIndex: the store cannot find the sessions of a user.
var ErrNoUserIndex = errors.New("session: this store keeps no index of users")

// UserSessions lists the live sessions of a user, without their values. The
// error is ErrNoUserIndex when the store keeps no index, ErrUnavailable, or
// ctx's own, which alone bounds the whole of a long list.
func (m *Manager) UserSessions(ctx context.Context, user string) (list []driver.Entry, err error) {
	store, ok := m.store.(driver.UserIndex)
	if !ok {
		return nil, ErrNoUserIndex
	}
	for entry, err := range store.ByUser(ctx, m.owner(user)) {
		if err != nil {
			return nil, m.guard.Failure(ctx, "list by user", entry.ID, err)
		}
		list = append(list, entry)
	}
	return list, nil
}

// DestroyUser ends all sessions of a user but those to keep: after a change of
// credentials, or when an account is disabled (OWASP ASVS 5.0, 7.4.2, 7.4.3,
// 7.4.5). They end at one moment, on every worker, whether they are being
// renewed or were lost to the index of users; a login after that moment is a
// new one. Of keep only those are kept that still live: with none, ErrGone
// says so, and nothing is ended. A login of ctx's own request is saved first, and
// unless it is kept that session ends as by [Session.Destroy].
//
// Their records are removed after that, in steps with a wait of their own for
// the store. ended counts those: a session that the index had lost has ended
// too, and is not counted. The errors are ErrNoUserIndex, ErrUnavailable and
// ctx's own; it is safe to call again, and the count goes on where it was.
func (m *Manager) DestroyUser(ctx context.Context, user string, keep ...ID) (ended int, err error) {
	store, ok := m.store.(driver.UserIndex)
	if !ok {
		return 0, ErrNoUserIndex
	}
	o := m.owner(user)
	if o.IsNobody() {
		return 0, nil
	}
	if err := m.saveOwnLogin(ctx, user); err != nil {
		return 0, err
	}
	kept, err := m.loadKept(ctx, o, keep)
	if err != nil {
		return 0, err
	}
	if err := m.revoke(ctx, store, o, kept); err != nil {
		return 0, err
	}
	defer func() { m.tell(ctx, event.Event{Kind: event.Ended, User: user, Sessions: ended}) }()
	own := m.endOwn(ctx, func(id ID, r *driver.Record) bool { return r.Owner() == o && !slices.Contains(keep, id) })
	for {
		n, more, err := m.removeRevoked(ctx, store, o)
		switch ended += n; {
		case err != nil:
			return ended, err
		case !more:
			return ended, m.endSuccessor(ctx, own)
		}
	}
}

// heal puts a session that is used into the index of users again, from which it
// may have been evicted. Nothing depends on it but what is listed and counted.
func (m *Manager) heal(ctx context.Context, id ID, r *driver.Record) {
	store, ok := m.store.(driver.UserIndex)
	if !ok || r.User == "" {
		return
	}
	bounded, cancel := m.guard.Bound(ctx)
	defer cancel()
	if err := store.Index(bounded, id, r); err != nil {
		m.log.Debug("session: not put into the index of its user", "session", id.Short(), "error", err)
	}
}

// loadKept loads the sessions that are to be kept. They are the owner's.
func (m *Manager) loadKept(ctx context.Context, o driver.Owner, keep []ID) (kept []driver.Entry, err error) {
	for _, id := range keep {
		r, err := m.guard.Load(ctx, id, o.Tag())
		switch {
		case errors.Is(err, driver.ErrNotFound):
		case err != nil:
			return nil, err
		case r.Owner() == o:
			kept = append(kept, driver.Entry{ID: id, Record: r})
		}
	}
	if len(keep) > 0 && len(kept) == 0 {
		return nil, ErrGone
	}
	return kept, nil
}

func (m *Manager) revoke(ctx context.Context, store driver.UserIndex, o driver.Owner, keep []driver.Entry) error {
	bounded, cancel := m.guard.Long(ctx)
	defer cancel()
	kept, err := store.Revoke(bounded, o, keep)
	switch {
	case err != nil:
		return m.guard.Failure(ctx, "revocation", ID{}, err)
	case len(keep) > 0 && len(kept) == 0:
		return ErrGone
	}
	return nil
}

func (m *Manager) removeRevoked(ctx context.Context, store driver.UserIndex, o driver.Owner) (n int, more bool, err error) {
	if err := ctx.Err(); err != nil {
		return 0, false, err
	}
	bounded, cancel := m.guard.Long(ctx)
	defer cancel()
	n, more, err = store.RemoveRevoked(bounded, o, destroyStep)
	if err != nil {
		err = m.guard.Failure(ctx, "removal of ended sessions", ID{}, err)
	}
	return n, more, err
}

// DestroyUserSession ends one session of a user, and reports whether there was
// one: an ID that is not one of the user's own is left alone (OWASP ASVS 5.0,
// 7.5.2). Of one that was renewed within the last minute what it has become is
// ended. The errors are those of [Manager.Destroy].
func (m *Manager) DestroyUserSession(ctx context.Context, user string, id ID) (ended bool, err error) {
	o := m.owner(user)
	for range maxSuccessors {
		r, err := m.guard.Load(ctx, id, o.Tag())
		if next, renewed := renewedTo(err); renewed {
			id = next
			continue
		}
		switch {
		case errors.Is(err, driver.ErrNotFound):
			return false, nil
		case err != nil:
			return false, err
		case r.Owner() != o || o.IsNobody():
			return false, nil
		}
		id, err = m.destroy(ctx, id)
		if err == nil {
			m.tell(ctx, event.Event{Kind: event.Ended, Session: id, User: user})
		}
		return true, err
	}
	return false, ErrContended
}
