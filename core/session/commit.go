package session

import (
	"context"
	"errors"
	"runtime"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/internal/saver"
	"github.com/gosessionkit/sessionkit/core/internal/token"
)

// Commit saves the changes made so far, now rather than before the response
// headers leave; with nothing changed it does nothing. Changes made by other
// requests since this one loaded the session stay: this one's are replayed
// on top, key by key.
//
// The errors are ErrGone when the session ended meanwhile (the changes are
// dropped), ErrHeadersSent when it is new and its cookie can no longer be
// set, ErrTooLarge, ErrContended, and ErrUnavailable when the store cannot
// be reached; after these the changes are kept and Commit may be tried again.
//
// A ctx that is done before the save begins: its error. Once begun, the save
// is bounded by the configured timeout (2s by default) and not by ctx, for a
// browser that goes away does not undo what the handler did.
func (s *Session) Commit(ctx context.Context) error {
	return s.commit(ctx, context.WithoutCancel(ctx), nil)
}

func (s *Session) commitUpdate(key string, update func(raw string, ok bool) (string, error)) error {
	return s.commit(s.exchange, (*detachedCtx)(s.exchange), &saver.Change{Kind: saver.UpdateKey, Key: key, Update: update})
}

// commit begins unless ctx is done; calls of the store have the context calls.
func (s *Session) commit(ctx, calls context.Context, update *saver.Change) error {
	if err := s.saving.Enter(ctx); err != nil {
		return err
	}
	defer s.saving.Leave()
	defer s.exchange.wait(s.exchange.clock())
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	if s.end != nil || update == nil && !s.modified() {
		defer s.mu.Unlock()
		return s.end
	}
	if s.readOnly != nil {
		defer s.mu.Unlock()
		return s.readOnly
	}
	if update == nil && s.emptyNew() {
		defer s.mu.Unlock()
		s.journal.Drop()
		return nil
	}
	passing := s.passing()
	if !passing && !s.given && !s.exchange.canSetCookie() {
		s.mu.Unlock()
		return ErrHeadersSent
	}
	p := &saver.Proposal{Base: s.base, Changes: s.journal.Begin(), Update: update, Unused: s.exchange.isUnused()}
	s.mu.Unlock()

	settled := false
	defer func() {
		if !settled { // the store panicked, or update ended this goroutine
			s.restore()
		}
	}()
	switch {
	case passing:
		s.keepForRequest(p)
	case p.Base.Revision == 0:
		s.create(calls, p)
	default:
		p = s.manager.saver.Commit(ctx, calls, s.id, p)
	}
	settled = true
	return s.settle(p)
}

// settle takes over what became of a proposal.
func (s *Session) settle(p *saver.Proposal) error {
	switch cause := p.Panicked.(type) { // of the caller's own function, run by another request
	case nil:
	case *saver.Panic:
		s.restore()
		panic(&UpdatePanic{cause.Value, cause.Stack})
	default:
		s.restore()
		if cause == saver.ErrExited {
			runtime.Goexit()
		}
		panic(cause)
	}
	switch {
	case p.Err == nil && p.Saved.Revision > 0 && !p.Saved.Expires.After(s.manager.now()):
		s.terminate(ErrDestroyed) // its lifetime was set to an end in the past
		s.tellEnded(s.exchange, s.id, p.Saved.User)
		return nil
	case p.Err == nil:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.base = p.Saved
		s.journal.Settle()
		return nil
	case errors.Is(p.Err, ErrGone):
		s.terminate(ErrGone)
		return p.Err
	}
	s.restore()
	return s.manager.refused(p.Err)
}

// emptyNew reports whether there is nothing to store after all: what the request
// put into its new session it took out again.
func (s *Session) emptyNew() bool {
	if s.base.Revision > 0 || s.base.User != "" {
		return false
	}
	if pending := s.journal.Pending(); len(pending) > 0 && pending[len(pending)-1].Kind == saver.SetKey {
		return false
	}
	return s.journal.Merged(s.base).IsEmpty()
}

// maxDraws bounds how often a new id is drawn. The second is never needed, as
// ids go; a store that has them all is broken.
const maxDraws = 10

// create stores a session for the first time.
func (s *Session) create(ctx context.Context, p *saver.Proposal) {
	for range maxDraws {
		p.Saved, _ = s.manager.saver.SaveAll(ctx, s.id, p.Base, []*saver.Proposal{p})
		if revoked, ok := errors.AsType[*driver.RevokedError](p.Err); ok { // the login of this request comes after it
			p.Base = p.Base.Clone()
			p.Base.Generation, p.Err = revoked.Generation, nil
			continue
		}
		if _, taken := errors.AsType[*driver.ConflictError](p.Err); !taken {
			if p.Err == nil {
				if p.Saved != nil && p.Saved.User != "" {
					s.manager.tell(ctx, event.Event{Kind: event.LoggedIn, Session: s.id, User: p.Saved.User})
				}
				s.supersede(ctx)
				if p.Saved != nil {
					s.manager.limitSessions(ctx, s.id, p.Saved.User, true)
				}
			}
			return
		}
		p.Err = nil // somebody has that id: as good as impossible, so draw another
		s.draw()
	}
	p.Err = ErrContended
}

// draw gives the session a new random id.
func (s *Session) draw() {
	secret := token.NewSecretID()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secret, s.id, s.given = secret, secret.ID(), false
}

// restore takes what was being saved back.
func (s *Session) restore() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal.Restore()
}

// passing reports whether the session is not kept. A POST that comes back from
// another site (of a payment, of SAML) brings no cookie with SameSite, though
// the visitor may well have one: what it puts into its new session must not
// replace the visitor's own. A login is kept, for SAML's answer comes that way.
func (s *Session) passing() bool {
	return s.exchange.cross && s.exchange.source == 0 && s.status.Cookies == 0 && s.base.Revision == 0 && s.base.User == "" &&
		s.manager.cfg.Cookie.SameSite != config.SameSiteNone
}

// keepForRequest has the rest of the request see what is not kept.
func (s *Session) keepForRequest(p *saver.Proposal) {
	s.manager.monitor.CrossSite()
	next, err := s.manager.saver.Merge(p.Base, []*saver.Proposal{p})
	if p.Err == nil {
		p.Err = err
	}
	if p.Saved = next; next == nil {
		p.Saved = p.Base
	}
}
