package session

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
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
	return s.commit(s.exchange, (*detachedCtx)(s.exchange), &change{kind: updateKey, key: key, update: update})
}

// commit begins unless ctx is done; calls of the store have the context calls.
func (s *Session) commit(ctx, calls context.Context, update *change) error {
	if err := s.saving.Enter(ctx); err != nil {
		return err
	}
	defer s.saving.Leave()
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	if s.end != nil || update == nil && !s.modified() {
		defer s.mu.Unlock()
		return s.end
	}
	if s.frozen != nil {
		defer s.mu.Unlock()
		return s.frozen
	}
	if update == nil && s.emptyNew() {
		defer s.mu.Unlock()
		s.changes = nil
		return nil
	}
	passing := s.passing()
	if !passing && !s.given && !s.exchange.canSetCookie() {
		s.mu.Unlock()
		return ErrHeadersSent
	}
	s.inflight, s.changes = s.changes, nil
	p := &proposal{base: s.base, changes: s.inflight, update: update, unused: s.exchange.isUnused()}
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
	case p.base.Revision == 0:
		s.create(calls, p)
	default:
		p = s.manager.commit(ctx, calls, s.id, p)
	}
	settled = true
	return s.settle(p)
}

// settle takes over what became of a proposal.
func (s *Session) settle(p *proposal) error {
	switch p.panicked { // the caller's own function, in the caller's own goroutine
	case nil:
	case errExited:
		s.restore()
		runtime.Goexit()
	default:
		s.restore()
		panic(p.panicked) // of the caller's own function, run by another request
	}
	switch {
	case p.err == nil && p.saved.Revision > 0 && !p.saved.Expires.After(s.manager.now()):
		s.finish(ErrDestroyed) // its lifetime was set to an end in the past
		return nil
	case p.err == nil:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.base, s.inflight = p.saved, nil
		return nil
	case errors.Is(p.err, ErrGone):
		s.finish(ErrGone)
		return p.err
	}
	s.restore()
	return s.manager.refused(p.err)
}

// emptyNew tells whether there is nothing to store after all: what the request
// put into its new session it took out again.
func (s *Session) emptyNew() bool {
	if s.base.Revision > 0 || s.base.User != "" {
		return false
	}
	if n := len(s.changes); n > 0 && s.changes[n-1].kind == setKey {
		return false
	}
	return s.merged().IsEmpty()
}

// maxDraws bounds how often a new id is drawn. The second is never needed, as
// ids go; a store that has them all is broken.
const maxDraws = 10

// create stores a session for the first time.
func (s *Session) create(ctx context.Context, p *proposal) {
	for range maxDraws {
		p.saved, _ = s.manager.saveAll(ctx, s.id, p.base, []*proposal{p})
		if revoked, ok := errors.AsType[*driver.RevokedError](p.err); ok { // the login of this request comes after it
			p.base = p.base.Clone()
			p.base.Generation, p.err = revoked.Generation, nil
			continue
		}
		if _, taken := errors.AsType[*driver.ConflictError](p.err); !taken {
			if p.err == nil {
				s.supersede(ctx)
			}
			return
		}
		p.err = nil // somebody has that id: as good as impossible, so draw another
		s.draw()
	}
	p.err = ErrContended
}

// draw gives the session a new random id.
func (s *Session) draw() {
	secret := token.NewSecretID()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secret, s.id, s.given = secret, secret.ID(), false
}

// proposal is what one request wants to see saved.
type proposal struct {
	base    *driver.Record
	changes []change
	update  *change // comes last; fails by itself
	alone   bool    // saved without others

	saved    *driver.Record // on success
	err      error
	panicked any // by update; errExited when it ended its goroutine

	turn   chan turn // tells a waiting request that its proposal is settled, or that it leads
	phase  atomic.Int32
	unused bool // by WithoutTouch
}

// errExited is what runtime.Goexit leaves of an update.
var errExited any = errors.New("the function ended its goroutine")

// apply puts the proposal on top of the draft, or leaves the draft as it was
// and sets p.err.
func (p *proposal) apply(d *draft, limit int) {
	before := *d
	defer func() {
		if p.failed() {
			*d = before
		}
		p.phase.Store(resting)
	}()
	for i := range p.changes {
		if p.err = d.apply(&p.changes[i]); p.err != nil {
			return
		}
	}
	if p.update != nil {
		if p.applyUpdate(d); p.failed() {
			return
		}
	}
	p.err = d.check(limit)
}

// applyUpdate keeps a panic away from the others that are saved together. Alone
// it goes its way, so that whoever recovers it sees where it came from.
func (p *proposal) applyUpdate(d *draft) {
	if p.alone {
		p.err = d.apply(p.update)
		return
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		if p.panicked = handedOver(recover()); p.panicked == nil {
			p.panicked = errExited
		}
	}()
	p.err = d.apply(p.update)
	returned = true
}

func (p *proposal) failed() bool { return p.err != nil || p.panicked != nil }

// How often and how fast a save is tried again when other workers were
// faster. The first retries come at once, since a conflict brings the newer
// record along; the pauses after that are random and double up to the limit.
const (
	maxAttempts  = 200
	eagerRetries = 2
	firstPause   = 200 * time.Microsecond
	longestPause = 10 * time.Millisecond
)

// saveAll saves all proposals in one record, on base or, when other workers
// were faster, on what is stored now. It returns the record saved, nil when
// nothing was, and sets each proposal's err; failure is that of the store.
func (m *Manager) saveAll(ctx context.Context, id ID, base *driver.Record, proposals []*proposal) (saved *driver.Record, failure error) {
	span := m.guard.Span(ctx)
	defer span.Stop()
	for attempt := 1; ; attempt++ {
		next, err := m.mergeSealed(base, proposals)
		if err == nil {
			if next == nil {
				return nil, nil // every proposal failed by itself
			}
			if err = m.guard.Calls().Save(span.Begin(), id, next); err == nil {
				return next, nil
			}
		}
		var conflict *driver.ConflictError
		if errors.As(err, &conflict) && base.Revision > 0 {
			if attempt < maxAttempts && span.Pause(func(ctx context.Context) bool { return pause(ctx, attempt) }) {
				base = conflict.Current
				continue
			}
			err = ErrContended
		}
		err = m.guard.Error("save", id, err)
		for _, p := range proposals {
			if !p.failed() {
				p.err = err
			}
		}
		return nil, err
	}
}

// merge makes the record that holds what the proposals want on top of base;
// nil when all of them fail.
func (m *Manager) merge(base *driver.Record, proposals []*proposal) (*driver.Record, error) {
	now := m.now()
	if base.Revision > 0 && !base.Deadline.After(now) {
		return nil, ErrGone
	}
	d := newDraft(base)
	d.lifetime, d.bounded = m.lifetime(base.User), base.User == "" && m.cfg.AnonymousLifetime > 0
	none, unused := true, true
	for _, p := range proposals {
		if p.alone = len(proposals) == 1; !p.failed() && p.enter(running) {
			p.apply(&d, m.cfg.MaxRecordSize)
			none = none && p.failed()
			unused = unused && (p.unused || p.failed())
		}
	}
	if none {
		return nil, nil
	}
	values, err := d.values(m.cfg.MaxRecordSize)
	if err != nil {
		return nil, err
	}
	return &driver.Record{
		Revision: base.Revision,
		Created:  base.Created,
		Deadline: d.deadline,
		Expires:  m.idleEnd(now, d.deadline, d.idle),
		User:     base.User,
		Realm:    m.realm,
		Values:   values,
		Idle:     d.idle,
		Label:    base.Label,

		Generation:  base.Generation,
		KeepExpires: unused && !d.ends,
	}, nil
}

func pause(ctx context.Context, attempt int) bool {
	if attempt <= eagerRetries {
		return ctx.Err() == nil
	}
	longest := min(firstPause<<min(attempt-eagerRetries-1, 10), longestPause)
	timer := time.NewTimer(rand.N(longest))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
