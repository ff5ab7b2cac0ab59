package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/internal/saver"
)

// SetIdleTimeout ends the session when it was not used for d, whatever the
// configuration says for the others ("remember me" under a short
// --session-idle-timeout), but never after [Session.Deadline]; 0 goes back to
// the configured idle timeout. Milliseconds count. The choice is saved with the
// other changes, stays when the session is renewed, and goes with the next
// login, like the lifetime's; one that is made in the same request as the login
// stays. The cookie is not changed by it.
//
// The errors are ErrDestroyed or ErrGone when the session has ended, and one
// for a time below 0.
func (s *Session) SetIdleTimeout(d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("session: SetIdleTimeout: %v is below 0: give a time above it, or 0 for the configured one", d)
	}
	if d > 0 {
		d = min(max(d.Truncate(time.Millisecond), time.Millisecond), driver.MaxIdle)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writeErr(); err != nil {
		return err
	}
	s.journal.Record(saver.Change{Kind: saver.SetIdle, Time: d})
	return nil
}

// unusedKey is how a context that carries no exchange yet says that a request
// is no use.
type unusedKey struct{}

// WithoutTouch marks the request of ctx as no use of its sessions, for what a
// page does by itself, such as polling: the end of the request does not touch
// them, and a save leaves the idle end where it is in the store. A session that
// is new, renewed or given another lifetime or idle time has the end that goes
// with that, and [Session.Touch] is use all the same.
//
// It returns a context of the request, which is ctx unless the session
// middleware has yet to run: then hand the returned one on to it. It does no
// I/O, and it does not matter whether the session was asked for before. Mark a
// request before its handler saves: what was saved was use.
func WithoutTouch(ctx context.Context) context.Context {
	x, _ := ctx.Value(ContextKey).(*Exchange)
	if x == nil {
		return context.WithValue(ctx, unusedKey{}, true)
	}
	for ; x != nil; x = x.outer {
		x.marks.Or(unused)
	}
	return ctx
}

func (x *Exchange) isUnused() bool {
	return x.has(unused) || x.ctx.Value(unusedKey{}) != nil
}

// Touch counts as use of the session: its idle end moves, unless it is later
// already. The middleware does so by itself. The errors are ErrGone when the
// session has ended and ErrUnavailable.
func (s *Session) Touch(ctx context.Context) error {
	if err := s.saving.Enter(ctx); err != nil {
		return err
	}
	defer s.saving.Leave()
	defer s.exchange.wait(s.exchange.clock())
	if end := s.ended(); end != nil {
		return end
	}
	r := s.snapshot()
	if r.Revision == 0 {
		return nil
	}
	expires := s.manager.saver.IdleEnd(s.manager.now(), r.Deadline, r.Idle)
	err := s.manager.guard.Touch(ctx, s.id, expires)
	if errors.Is(err, driver.ErrNotFound) {
		s.terminate(ErrGone)
		return ErrGone
	}
	if err == nil {
		s.manager.heal(ctx, s.id, r)
		if s.manager.observers.Any() {
			s.manager.tell(ctx, event.Event{Kind: event.Touched, Session: s.id, User: r.User})
		}
	}
	if err == nil && expires.After(r.Expires) {
		touched := r.Clone()
		touched.Expires = expires
		s.mu.Lock()
		s.base = touched
		s.mu.Unlock()
	}
	return err
}

// save is the end of a request: changes are saved, whether or not the browser
// still waits, and a session that was only read is touched from time to time.
// That a touch fails takes nothing from a page that was only read.
func (s *Session) save() error {
	ctx := (*detachedCtx)(s.exchange)
	var err error
	switch s.due() {
	case dueSave:
		return s.commit(ctx, ctx, nil)
	case dueUse:
		err = s.commit(ctx, ctx, &saver.Change{Kind: saver.Use})
	case dueTouch:
		err = s.Touch(ctx)
	}
	if err != nil && !errors.Is(err, ErrGone) && err != ErrDestroyed {
		s.notTouched(err)
	}
	return nil
}

// notTouched logs at most once a minute that a session was not touched.
func (s *Session) notTouched(err error) {
	m := s.manager
	if same, due := m.notTouched.Due(m.now()); due {
		m.log.LogAttrs(s.exchange.ctx, slog.LevelError, "session: not touched: it may end too early",
			slog.String("session", s.ID().Short()), slog.Any("error", err), slog.Uint64("same_not_logged", same))
	}
}

// What the end of a request has to do for a session.
const (
	dueNothing = iota
	dueSave
	dueUse // to save when it was used, which is a touch too
	dueTouch
)

// due tells which. When the session has ended that is nothing: the handler has heard
// of it.
func (s *Session) due() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	due := dueNothing
	switch m := s.manager; {
	case s.end != nil:
	case s.modified():
		return dueSave
	case s.base.Revision == 0:
	case m.saver.UseDue(s.base):
		due = dueUse
	case m.saver.TouchDue(s.base):
		due = dueTouch
	}
	if due != dueNothing && s.exchange.isUnused() {
		return dueNothing
	}
	return due
}
