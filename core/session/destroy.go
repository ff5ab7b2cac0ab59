package session

import (
	"context"
	"errors"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/event"
)

// Destroy ends the session at once, on every worker, and has the browser
// forget the cookie. Where another request renewed it meanwhile, also within
// the last minute before this request, what it has become is ended. Later uses
// of this Session answer ErrDestroyed; asking for the session again begins a
// new one. On an error (ErrUnavailable) the session goes on as it was.
func (s *Session) Destroy(ctx context.Context) error {
	if err := s.saving.Enter(ctx); err != nil {
		return err
	}
	defer s.saving.Leave()
	defer s.exchange.wait(s.exchange.clock())
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.changeable(); err != nil && err != ErrGone {
		return err
	}
	r := s.snapshot()
	id, stored := s.id, r.Revision > 0
	if s.successor != (ID{}) {
		id, stored = s.successor, true
	}
	if stored {
		ended, err := s.manager.destroy(context.WithoutCancel(ctx), id)
		if err != nil {
			return err
		}
		s.tellEnded(ctx, ended, r.User)
	}
	if err := s.endRivals(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	s.terminate(ErrDestroyed)
	return nil
}

// maxSuccessors bounds how far a session is followed that is renewed again and
// again while it is being ended.
const maxSuccessors = 100

// Destroy ends a session by its ID. Ending one that is not there is no error;
// of one that was renewed within the last minute ([driver.RenewedFor]) what it has
// become is ended. The errors are ErrUnavailable, and ErrContended when it was
// renewed faster than it could be followed.
func (m *Manager) Destroy(ctx context.Context, id ID) error {
	ended, err := m.destroy(ctx, id)
	if err == nil {
		m.tell(ctx, event.Event{Kind: event.Ended, Session: ended})
	}
	return err
}

// destroy returns the id that the session has had at its end.
func (m *Manager) destroy(ctx context.Context, id ID) (ended ID, err error) {
	for range maxSuccessors {
		err := m.guard.Delete(ctx, id)
		next, renewed := renewedTo(err)
		if !renewed {
			return id, err
		}
		id = next
	}
	return id, ErrContended
}

// destroyPasses bounds how often DestroyAll looks again.
const destroyPasses = 10

// quietPasses is how many passes in a row find nothing when DestroyAll is
// through: a session that is renewed while the store is walked can be missed
// under both ids, and found with the next pass.
const quietPasses = 2

// destroyStep is how many sessions are ended at a time, each step within a
// wait of its own for the store.
const destroyStep = 200

// DestroyAll ends every session of this manager, of nobody and of whom it may
// be, and says how many (OWASP ASVS 5.0, 7.4.5). It leaves those of other
// managers on the same store alone, which have another cookie name, and those
// that begin after the call. The session of ctx's own request ends with them, as
// by [Session.Destroy]. It takes as long as it takes to walk the store:
// only each step is bounded by the timeout.
//
// The error is ErrNoListing where the store cannot list its sessions,
// ErrUnavailable, ctx's own, or ErrContended when sessions kept being renewed;
// some are left then, and it is safe to call again.
func (m *Manager) DestroyAll(ctx context.Context) (ended int, err error) {
	store, ok := m.store.(driver.Lister)
	if !ok {
		return 0, ErrNoListing
	}
	defer func() {
		if err == nil || ended > 0 {
			m.tell(ctx, event.Event{Kind: event.Ended, Sessions: ended})
		}
	}()
	start := m.now()
	quiet := 0 // passes in a row that found nothing
	for pass := range destroyPasses {
		found := false
		n, err := m.destroyListed(ctx, store, func(r *driver.Record) bool {
			mine := r.Realm == m.saver.Realm && r.Detailed().Ended == "" && (pass == 0 || !r.Created.After(start))
			found = found || mine
			return mine
		})
		if ended += n; err != nil {
			return ended, err
		}
		if quiet++; found {
			quiet = 0
		}
		if quiet == quietPasses {
			own := m.endOwn(ctx, func(_ ID, r *driver.Record) bool { return !r.Created.After(start) })
			return ended, m.endSuccessor(ctx, own)
		}
	}
	return ended, ErrContended
}

// destroyListed ends the sessions that which picks.
func (m *Manager) destroyListed(ctx context.Context, store driver.Lister, which func(*driver.Record) bool) (ended int, err error) {
	step := make([]ID, 0, destroyStep)
	flush := func() error {
		n, err := m.removeAll(ctx, step)
		ended, step = ended+n, step[:0]
		return err
	}
	for entry, err := range store.All(ctx) {
		if err != nil {
			return ended, m.guard.Failure(ctx, "list", entry.ID, err)
		}
		if !which(entry.Record) {
			continue
		}
		if step = append(step, entry.ID); len(step) == destroyStep {
			if err := flush(); err != nil {
				return ended, err
			}
		}
	}
	return ended, flush()
}

func (m *Manager) removeAll(ctx context.Context, ids []ID) (removed int, err error) {
	if len(ids) == 0 {
		return 0, nil
	}
	if remover, ok := m.store.(driver.Remover); ok {
		bounded, cancel := m.guard.Long(ctx)
		defer cancel()
		if removed, err = remover.Remove(bounded, ids); err != nil {
			err = m.guard.Failure(ctx, "delete", ids[0], err)
		}
		return removed, err
	}
	for _, id := range ids {
		err := m.guard.Delete(ctx, id)
		if _, renewed := renewedTo(err); renewed {
			continue // its successor is found by the next pass
		}
		if err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// ErrNoListing: the store cannot list its sessions.
var ErrNoListing = errors.New("session: this store cannot list its sessions")

// renewedTo returns the session that took the place of the one that err is
// about, if that is what err says.
func renewedTo(err error) (successor ID, ok bool) {
	renewed, ok := errors.AsType[*driver.RenewedError](err)
	if !ok {
		return ID{}, false
	}
	return renewed.Successor, true
}

// A handler that ends all sessions of a user, or of everybody, may end that of
// its own request with them. It has ended then as by [Session.Destroy]: the
// browser forgets its cookie, and a login that follows begins a new one.

// own returns the session of the request of ctx, or nil where nobody has asked
// for it yet.
func (m *Manager) own(ctx context.Context) *Session {
	x, _ := ctx.Value(ContextKey).(*Exchange)
	if x = x.of(m); x == nil {
		return nil
	}
	return x.Peek()
}

// endOwn takes note that the session of the request of ctx was ended in the
// store, if it is stored and which says so, and returns it then.
func (m *Manager) endOwn(ctx context.Context, which func(id ID, r *driver.Record) bool) *Session {
	s := m.own(ctx)
	if s == nil || s.ended() != nil {
		return nil
	}
	if r := s.snapshot(); r.Revision == 0 || !which(s.ID(), r) {
		return nil
	}
	s.terminate(ErrDestroyed)
	return s
}

// endSuccessor ends what the session, nil for none, has become where another
// request renewed it meanwhile, be it somebody else's by now.
func (m *Manager) endSuccessor(ctx context.Context, s *Session) error {
	if s == nil {
		return nil
	}
	_, err := m.guard.Load(ctx, s.ID(), s.snapshot().Owner().Tag())
	if next, renewed := renewedTo(err); renewed {
		return m.Destroy(ctx, next)
	}
	if errors.Is(err, driver.ErrNotFound) {
		return nil
	}
	return err
}

// saveOwnLogin saves a login of the user in the request of ctx that was not
// saved yet, so that it is ended, or kept, like the others.
func (m *Manager) saveOwnLogin(ctx context.Context, user string) error {
	if s := m.own(ctx); s != nil && s.Revision() == 0 && s.User() == user {
		return s.Commit(ctx)
	}
	return nil
}
