package session

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/internal/saver"
)

// endedFor is for how long a session that the limit has ended says why.
const endedFor = 24 * time.Hour

// limitSessions ends the oldest sessions of a user where he has more than the
// configuration allows (OWASP ASVS 5.0, 7.1.2): when he has just logged in, and when a
// session of his has got a new id. own is that one.
//
// It comes after that is stored. So of logins and renewals that happen at one time, on
// whatever workers, the last to be stored sees all, and the limit holds: a list that is
// made during a renewal may miss the session under both ids. As all go by one order,
// Created and then ID, the same sessions are left whoever ends the others.
//
// Nothing fails because an older one could not be ended, nor does it wait longer
// than the timeout for all of very many: the user has proved who he is, and the next
// login goes on with what is left.
func (m *Manager) limitSessions(ctx context.Context, own ID, user string, login bool) {
	if m.cfg.MaxPerUser == 0 || user == "" {
		return
	}
	ctx, cancel := m.guard.Long(sessionless(context.WithoutCancel(ctx)))
	defer cancel()
	list, err := m.listOnce(ctx, user)
	if err == nil && len(list) > m.cfg.MaxPerUser {
		err = m.endOldest(ctx, own, list, login)
	}
	if err == nil {
		return
	}
	if same, due := m.notLimited.Due(m.now()); due {
		m.log.LogAttrs(ctx, slog.LevelWarn, "session: a user may have more sessions than --session-max-per-user: the oldest were not ended at a login, the next one tries again",
			slog.String("session", own.Short()), slog.Any("error", err), slog.Uint64("same_not_logged", same))
	}
}

// listOnce lists the sessions of a user by age. While one is being renewed it is there
// under both ids, with one time of login, and is not to count twice: where two have that
// in common, and there are too many, the list is made again some times.
func (m *Manager) listOnce(ctx context.Context, user string) (list []driver.Entry, err error) {
	const most = 8
	for attempt := 1; ; attempt++ {
		if list, err = m.UserSessions(ctx, user); err != nil || len(list) <= m.cfg.MaxPerUser {
			return list, err
		}
		slices.SortFunc(list, func(a, b driver.Entry) int {
			return cmp.Or(a.Record.Created.Compare(b.Record.Created), slices.Compare(a.ID[:], b.ID[:]))
		})
		twice := false
		for i, e := range list[1:] {
			twice = twice || e.Record.Created.Equal(list[i].Record.Created)
		}
		if !twice || attempt == most || !saver.Pause(ctx, attempt) {
			return list, nil
		}
	}
}

// endOldest leaves as many as there may be. The login itself is among the oldest when
// others came at the same moment: then it ends, as it would if it had come just before
// them. By more than a login takes it is older only by a clock that is behind, and
// another one ends in its place.
func (m *Manager) endOldest(ctx context.Context, own ID, list []driver.Entry, login bool) error {
	most := len(list) - m.cfg.MaxPerUser
	oldest, next := list[:most], list[most]
	for i, e := range oldest {
		if login && e.ID == own && next.Record.Created.Sub(e.Record.Created) > m.cfg.Timeout {
			oldest[i] = next
		}
	}
	var failed error // the first, of which there may be as many as sessions
	for _, e := range oldest {
		if ctx.Err() != nil {
			return cmp.Or(failed, context.Cause(ctx))
		}
		id, err := m.retire(ctx, e.ID, e.Record.Owner(), diagnose.ReasonSessionLimit)
		switch {
		case err != nil:
			failed = cmp.Or(failed, err)
		case id != (ID{}):
			m.tell(ctx, event.Event{Kind: event.Ended, Session: id, User: e.Record.User, Reason: string(diagnose.ReasonSessionLimit)})
		}
	}
	return failed
}

// retire ends a session and leaves a record in its place that says why: it has no
// user, no values and no label. It returns the id that the session has had at its end,
// zero where it had ended before.
func (m *Manager) retire(ctx context.Context, id ID, o driver.Owner, why diagnose.Reason) (ended ID, err error) {
	for range maxSuccessors {
		r, err := m.guard.Load(ctx, id, o.Tag())
		if next, renewed := renewedTo(err); renewed {
			id = next
			continue
		}
		switch {
		case errors.Is(err, driver.ErrNotFound):
			return ID{}, nil
		case err != nil:
			return ID{}, err
		case r.Owner() != o:
			return ID{}, nil
		}
		end := m.now().Truncate(time.Millisecond).Add(endedFor)
		if r.Expires.Before(end) {
			end = r.Expires
		}
		err = m.saveOnce(ctx, id, &driver.Record{Revision: r.Revision, Created: r.Created, Deadline: end, Expires: end, Realm: r.Realm,
			Details: &driver.Details{Ended: string(why)}})
		switch _, changed := errors.AsType[*driver.ConflictError](err); {
		case err == nil:
			return id, nil
		case !changed && !errors.Is(err, ErrGone):
			return ID{}, m.guard.Error("save", id, err)
		}
	}
	return ID{}, ErrContended
}
