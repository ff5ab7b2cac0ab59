package session

import (
	"context"

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
