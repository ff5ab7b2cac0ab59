package debug

import (
	"errors"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Why a session could not be loaded, besides the reasons that package session
// has for cookies.
const (
	ReasonStoreUnavailable = "store-unavailable"
	ReasonNoMiddleware     = "no-middleware" // the endpoints are mounted outside of it
)

// Problem is an answer that is no report.
type Problem struct {
	Error   string `json:"error"`
	Reason  string `json:"reason,omitempty"`  // why the session could not be used, for programs
	Meaning string `json:"meaning,omitempty"` // of the reason
	Fix     string `json:"fix,omitempty"`     // what to do about it
}

// problem says what went wrong with a session, and what to do about it. It
// asks nobody: what the store had to say it has said.
func (h *handler) problem(err error) Problem {
	p := Problem{Error: h.scrub.text(err.Error())}
	switch {
	case errors.Is(err, session.ErrNoMiddleware):
		h.sessions.ObserveDisorder("/debug/")
		p.Reason = ReasonNoMiddleware
		p.Meaning = "the debug endpoints are reached without passing the session middleware, so this request has no session"
		p.Fix = h.fixOf("middleware-order", check.Facts{Observed: check.Observed{SessionBeforeSetup: []string{"/debug/"}}})
	case errors.Is(err, session.ErrUnavailable), errors.Is(err, session.ErrClosed):
		p.Reason = ReasonStoreUnavailable
		p.Meaning = "the session store does not answer, so nobody can say what this cookie leads to; it logs nobody out, and all is as before when the store answers again"
		p.Fix = h.fixOf("store-unreachable", check.Facts{Store: check.Store{Kind: h.sessions.Worker().Store, Err: err}})
	case errors.Is(err, session.ErrGone):
		p.Fix = "try again: the session ended while this request was running"
	case errors.Is(err, session.ErrContended):
		p.Fix = "try again: other requests kept changing this session"
	case errors.Is(err, session.ErrStoreFull):
		p.Fix = "allow more sessions, or keep them in files or in Redis: " + h.sessions.Config().Title("session-store")
	}
	return p
}
