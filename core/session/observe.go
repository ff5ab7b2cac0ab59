package session

import (
	"context"
	"time"

	"github.com/gosessionkit/sessionkit/core/event"
)

// WithObserver has o hear of what happens to sessions; it may be given several
// times. See [event.Observer] for what o may do. A manager that [Manager.Named]
// makes has the observers of the one that made it, and the other way round.
func WithObserver(o event.Observer) Option {
	return func(m *Manager) {
		if o != nil {
			m.observers.Add(o)
		}
	}
}

// tell tells observers, unless there are none.
func (m *Manager) tell(ctx context.Context, e event.Event) {
	if m.observers.Any() {
		m.observers.Tell(sessionless(ctx), e)
	}
}

// tellLoaded tells what a request's cookies have led to.
func (s *Session) tellLoaded() {
	switch s.status.State {
	case StateLoaded, StateMigrated:
		s.manager.tell(s.exchange, event.Event{Kind: event.Loaded, Session: s.id, User: s.base.User})
	case StateRejected:
		s.manager.tell(s.exchange, event.Event{Kind: event.Rejected, Reason: string(s.status.Reason)})
	}
}

// clock is the time, where there is somebody to tell how long it took.
func (x *Exchange) clock() (now time.Time) {
	if x.manager.observers.Any() {
		now = time.Now()
	}
	return now
}

// wait adds what has passed since begin to what the request has waited for the kit.
// One part of it does not overlap another.
func (x *Exchange) wait(begin time.Time) {
	if !begin.IsZero() {
		x.waited.Add(int64(time.Since(begin)))
	}
}

// tellAnswered tells that the answer is about to leave, where the request has asked
// for its session.
func (x *Exchange) tellAnswered() {
	if x.has(asked) && x.manager.observers.Any() {
		x.manager.tell(x, event.Event{Kind: event.Answered, Took: time.Duration(x.waited.Load())})
	}
}

// movedEvent is that a session has a new id, and what else the login, nil for none,
// has made of it.
func movedEvent(previous ID, before string, id ID, user string, login *Login) event.Event {
	e := event.Event{Kind: event.Renewed, Session: id, Previous: previous, User: user}
	switch {
	case login.isNone() || user == "" && before == "":
	case user == "":
		e.Kind, e.User = event.LoggedOut, before
	default:
		e.Kind = event.LoggedIn
	}
	return e
}

// tellEnded tells that the session was ended by its own request.
func (s *Session) tellEnded(ctx context.Context, id ID, user string) {
	kind := event.Ended
	if user != "" {
		kind = event.LoggedOut
	}
	s.manager.tell(ctx, event.Event{Kind: kind, Session: id, User: user})
}
