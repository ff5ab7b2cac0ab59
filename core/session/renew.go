package session

import (
	"context"
	"errors"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/internal/saver"
	"github.com/gosessionkit/sessionkit/core/internal/token"
)

// Renew gives the session a new id and kills the old one at once, changes
// made so far included. Call it whenever the visitor's rights change
// (OWASP ASVS 5.0, 7.2.4); [Session.RenewAs] and package auth do so by
// themselves. The absolute end stays where it was.
//
// Of several requests that renew one session at a time, one wins; the others
// get ErrGone. ErrHeadersSent when the new cookie can no longer be set; the
// other errors are those of [Session.Commit]. After an error that is not
// ErrGone the old id goes on, unless the store did what it was asked and its
// answer was lost.
func (s *Session) Renew(ctx context.Context) error {
	return s.renew(ctx, nil)
}

// RenewAs is Renew with user logged in, "" for nobody. A login is a new
// authentication, so the lifetime begins anew and Created is now; so it does
// when who was logged in no longer is, as one of nobody's
// (--session-anonymous-lifetime). A lifetime, an idle timeout and a persistence
// of the session's own that an earlier request has saved end with it; what this
// request chose stays. When another user was logged in, nothing of that user's
// is left in the session. A name that is not UTF-8 is an error: stores would
// mistake it for another. See [Session.LogIn] for a login that is remembered.
func (s *Session) RenewAs(ctx context.Context, user string) error {
	return s.LogIn(ctx, Login{User: user})
}

// renew gives the session a new id, for a login or without one.
func (s *Session) renew(ctx context.Context, login *Login) error {
	if err := s.saving.Enter(ctx); err != nil {
		return err
	}
	defer s.saving.Leave()
	defer s.exchange.wait(s.exchange.clock())
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.changeable(); err != nil {
		return err
	}
	if !s.exchange.canSetCookie() {
		return ErrHeadersSent
	}
	if s.snapshot().Revision == 0 { // nobody can know the id yet, and nothing is stored under it
		s.draw()
		s.mu.Lock()
		defer s.mu.Unlock()
		altered := s.base.Clone()
		login.apply(altered, s.manager)
		s.journal.Replace(login.without(s.journal.Pending()))
		if changesUser(s.base, altered) {
			s.journal.Drop()
		}
		s.base = altered
		s.memos = nil
		return nil
	}
	return s.move(ctx, login)
}

func (s *Session) changeable() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeErr()
}

// move stores the session under a new id and then removes the old record,
// provided that it is still the one that was copied. So a crash in between
// leaves the old session as it was and a copy that nobody has a cookie for.
func (s *Session) move(ctx context.Context, login *Login) error {
	m := s.manager
	ctx, cancel := m.guard.Bound(context.WithoutCancel(ctx))
	defer cancel()
	s.mu.Lock()
	p := &saver.Proposal{Base: s.base, Changes: login.without(s.journal.Begin())}
	s.mu.Unlock()

	settled := false
	defer func() {
		if !settled { // the store panicked
			s.restore()
		}
	}()
	secret := token.NewSecretID()
	moved, conflicts, err := m.replace(ctx, s.id, secret.ID(), p, login)
	settled = true
	if err != nil {
		if errors.Is(err, ErrContended) {
			m.tell(ctx, event.Event{Kind: event.Contended, Session: s.id, User: p.Base.User, Conflicts: conflicts})
		}
		p.Err = m.guard.Error("renew", s.id, err)
		return s.settle(p)
	}
	e := movedEvent(s.id, p.Base.User, secret.ID(), moved.User, login)
	if e.Conflicts = conflicts; len(p.Changes) > 0 {
		e.Requests = 1
	}
	s.mu.Lock()
	s.secret, s.id, s.given = secret, secret.ID(), false
	s.base, s.memos = moved, nil
	s.journal.Settle()
	s.mu.Unlock()
	m.tell(ctx, e)
	m.limitSessions(ctx, secret.ID(), moved.User, !login.isNone())
	return nil
}

// replace makes the record next of what p wants on top of the record old. With
// login it is a new login, which comes after all that has been revoked. conflicts is how
// often others had changed the old one meanwhile.
func (m *Manager) replace(ctx context.Context, old, next ID, p *saver.Proposal, login *Login) (moved *driver.Record, conflicts int, err error) {
	base, revision, generation := p.Base, uint64(0), uint64(0)
	for attempt := 1; ; attempt++ {
		r, err := m.mergeAltered(base, p, login)
		if err != nil {
			return nil, conflicts, errors.Join(err, m.discard(ctx, next, revision))
		}
		r.Revision, r.Generation = revision, max(r.Generation, generation)
		err = m.guard.Calls().Save(driver.WithRenewal(ctx), next, r)
		if revoked, ok := errors.AsType[*driver.RevokedError](err); ok && attempt < saver.MaxAttempts {
			generation = revoked.Generation
			if !login.isNone() || m.keptBy(ctx, old, generation) {
				continue
			}
		}
		if err != nil {
			return nil, conflicts, err
		}
		revision = r.Revision
		err = m.guard.Calls().Save(ctx, old, &driver.Record{Revision: base.Revision, Created: base.Created, Deadline: base.Created, Expires: time.Unix(0, 0), Successor: next})
		var conflict *driver.ConflictError
		switch {
		case err == nil:
			return r, conflicts, nil
		case errors.As(err, &conflict) && attempt < saver.MaxAttempts && saver.Pause(ctx, attempt):
			base = conflict.Current // somebody changed the old one: copy again
			conflicts++
		case errors.As(err, &conflict):
			return nil, conflicts, errors.Join(ErrContended, m.discard(ctx, next, revision))
		default:
			return nil, conflicts, errors.Join(err, m.discard(ctx, next, revision))
		}
	}
}

// keptBy reports whether a revocation has kept the session, which was loaded
// before: whoever ends his other sessions goes on with this one.
func (m *Manager) keptBy(ctx context.Context, id ID, generation uint64) bool {
	r, err := m.guard.Calls().Load(ctx, id)
	return err == nil && r.Generation >= generation
}

// mergeAltered is merge on a base that the login has changed first, so that what
// the request did itself, such as choosing a lifetime, comes on top.
func (m *Manager) mergeAltered(base *driver.Record, p *saver.Proposal, login *Login) (*driver.Record, error) {
	if !base.Deadline.After(m.now()) {
		return nil, ErrGone
	}
	altered := base.Clone()
	login.apply(altered, m)
	if changesUser(base, altered) || changesUser(p.Base, altered) { // the changes are the other user's
		p.Changes = nil
	}
	r, err := m.saver.Merge(altered, []*saver.Proposal{p})
	return r, errors.Join(err, p.Err)
}

func changesUser(before, after *driver.Record) bool {
	return before.User != "" && before.User != after.User
}

func (m *Manager) discard(ctx context.Context, id ID, revision uint64) error {
	if revision == 0 {
		return nil
	}
	return m.guard.Calls().Delete(ctx, id)
}
