package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/cookie"
	"github.com/gosessionkit/sessionkit/core/internal/guard"
	"github.com/gosessionkit/sessionkit/core/internal/token"
)

// maxOld bounds how many old cookies of one name are looked at.
const maxOld = 4

// inherit takes over the session of a predecessor, if the request has one. It
// returns nil otherwise, and the status says why an old session is none any more.
func (x *Exchange) inherit(ctx context.Context, status Status) (*Session, Status, error) {
	if status.Reason.Rank() > diagnose.ReasonMalformed.Rank() { // the browser has been given a cookie of ours
		return nil, status, nil
	}
	m := x.manager
	for i := range m.previous {
		p := &m.previous[i]
		if !p.Until.IsZero() && !m.now().Before(p.Until) {
			continue
		}
		var values []string
		cookie.Values(x.lines(), p.Cookie, func(value string) bool {
			if value != "" && !slices.Contains(values, value) {
				values = append(values, value)
			}
			return len(values) < maxOld
		})
		for _, value := range values {
			o := old{x, p, value, status}
			s, err := o.take(ctx)
			if status = o.status; s != nil || err != nil {
				return s, status, err
			}
		}
	}
	return nil, status, nil
}

// old is a cookie of a predecessor's in a request.
type old struct {
	exchange    *Exchange
	predecessor *driver.Predecessor
	value       string
	status      Status
}

// take returns the session that was made of the old one, or makes it.
//
// The new session's id follows from the old cookie, so that of parallel requests
// one creates it and the others find it. The old session is asked for last: it may
// have been forgotten meanwhile. It is created before the claim: who has created a
// session and then finds the claim there has brought back one that was ended
// meanwhile, and takes it away again.
func (o *old) take(ctx context.Context) (*Session, error) {
	m := o.exchange.manager
	s, err := o.heir(ctx)
	if s != nil || err != nil {
		return s, err
	}
	claimed, err := o.claimed(ctx)
	if err != nil {
		return nil, err
	}
	if claimed { // perhaps since the last look
		s, err = o.heir(ctx)
		if s != nil || err != nil {
			return s, err
		}
	} else {
		in, err := o.predecessor.Load(ctx, o.value)
		switch {
		case err != nil && guard.IsImpatience(ctx, err):
			return nil, err
		case err != nil:
			return nil, fmt.Errorf("%w: the store of the sessions from before: %w", ErrUnavailable, err)
		case in == nil:
			return o.heir(ctx) // a parallel request has taken it over, or it is none
		}
		if r := m.inherited(in); r.Deadline.After(m.now()) {
			if s, err = o.takeOver(ctx, in, r); s != nil || err != nil {
				return s, err
			}
		}
	}
	m.monitor.MigrationRefused()
	o.status.State = StateRejected
	o.status.reject(diagnose.ReasonNotFound, token.Token{})
	return nil, nil
}

func (o *old) session(secret token.SecretID, r *driver.Record) *Session {
	return newSession(o.exchange, Status{State: StateMigrated, Cookies: o.status.Cookies}, secret, secret.ID(), r)
}

// heir finds the session that was made of the old one.
func (o *old) heir(ctx context.Context) (*Session, error) {
	x, m := o.exchange, o.exchange.manager
	for _, key := range m.heirs {
		secret := key.session(o.value)
		r, err := m.guard.Load(ctx, secret.ID(), driver.OwnerTag{})
		if next, renewed := renewedTo(err); renewed {
			status := Status{State: StateRejected, Reason: diagnose.ReasonRenewed, Cookies: o.status.Cookies}
			m.monitor.Rejected(status.From, status.Reason, status.Key, status.Store)
			s := x.begin(status)
			s.successor, s.readOnly = next, ErrGone
			return s, nil
		}
		switch {
		case err == nil && r.Deadline.After(m.now()):
			return o.session(secret, r), nil
		case err != nil && !errors.Is(err, driver.ErrNotFound):
			return nil, err
		}
	}
	return nil, nil
}

// claimed reports whether the old session was taken over before.
func (o *old) claimed(ctx context.Context) (bool, error) {
	m := o.exchange.manager
	for _, key := range m.heirs {
		switch _, err := m.guard.Load(ctx, key.claim(o.value), driver.OwnerTag{}); {
		case err == nil:
			return true, nil
		case !errors.Is(err, driver.ErrNotFound):
			return false, err
		}
	}
	return false, nil
}

// inherited makes the record of what is taken over.
func (m *Manager) inherited(in *driver.Inheritance) *driver.Record {
	r := m.newRecord(in.User)
	if r.User = in.User; r.User != "" {
		r.Details = &driver.Details{Authenticated: driver.Unauthenticated}
	}
	if !in.Created.IsZero() && in.Created.Before(r.Created) {
		r.Created = in.Created.Truncate(time.Millisecond)
	}
	if !in.Deadline.IsZero() {
		r.Deadline = in.Deadline.Truncate(time.Millisecond)
	}
	r.Expires = m.saver.IdleEnd(m.now(), r.Deadline, 0)
	var edits []driver.Edit
	size := 0
	for key, v := range in.Values {
		err := checkKey(key)
		var raw string
		if err == nil {
			raw, err = m.encode(key, v)
		}
		if size += len(key) + len(raw) + len(`"":,`); err == nil && (size > m.cfg.MaxRecordSize || len(edits) >= MaxKeys) {
			err = ErrTooLarge
		}
		if err != nil {
			m.log.Error("session: a value of a session from before is lost", "key", key, "error", err)
			continue
		}
		edits = append(edits, driver.Edit{Key: key, Raw: raw})
	}
	r.Values = r.Values.Merge(false, edits)
	return r
}

// takeOver creates the session, once; nil when it was ended before.
func (o *old) takeOver(ctx context.Context, in *driver.Inheritance, r *driver.Record) (*Session, error) {
	m := o.exchange.manager
	key := m.heirs[0]
	secret := key.session(o.value)
	id := secret.ID()
	ctx = context.WithoutCancel(ctx) // what has begun is brought to its end
	begin := m.saver.Begin()
	err := m.saveOnce(ctx, id, r)
	if conflict, ok := errors.AsType[*driver.ConflictError](err); ok { // a parallel request was faster
		return o.session(secret, conflict.Current), nil
	}
	if _, revoked := errors.AsType[*driver.RevokedError](err); revoked { // the user has ended all sessions
		return nil, nil
	}
	if err != nil {
		return nil, m.guard.Error("save", id, err)
	}
	err = m.saveOnce(ctx, key.claim(o.value), o.newClaim(in))
	if err != nil {
		if gone := m.guard.Delete(ctx, id); gone != nil && !errors.Is(gone, driver.ErrNotFound) {
			return nil, gone
		}
		if _, ended := errors.AsType[*driver.ConflictError](err); ended {
			return nil, nil
		}
		return nil, m.guard.Error("save", id, err)
	}
	m.monitor.Migrated()
	m.saver.TellSaved(ctx, id, r, begin, 1, nil)
	if in.Forget != nil {
		if err := in.Forget(ctx); err != nil {
			m.log.LogAttrs(ctx, slog.LevelWarn, "session: a session from before was taken over and could not be removed, which harms nothing",
				slog.String("session", id.Short()), slog.Any("error", err))
		}
	}
	return o.session(secret, r), nil
}

func (m *Manager) saveOnce(ctx context.Context, id ID, r *driver.Record) error {
	bounded, cancel := m.guard.Bound(ctx)
	defer cancel()
	return m.guard.Calls().Save(bounded, id, r)
}

// claimRealm keeps claims apart from sessions: DestroyAll leaves them.
const claimRealm = " taken over"

// newClaim is a record that lives for as long as the old session could come back.
func (o *old) newClaim(in *driver.Inheritance) *driver.Record {
	m := o.exchange.manager
	now := m.now().Truncate(time.Millisecond)
	end := in.Deadline
	if end.IsZero() {
		end = o.predecessor.Until
	}
	if end = end.Truncate(time.Millisecond); !end.After(now) { // nobody knows for how long
		end = now.Add(longestClaim)
	}
	return &driver.Record{Created: now, Deadline: end, Expires: end, Realm: m.saver.Realm + claimRealm}
}

// longestClaim is how long browsers keep a cookie at most (RFC 6265bis 5.5).
const longestClaim = 400 * 24 * time.Hour
