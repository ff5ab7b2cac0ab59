package debug

import (
	"cmp"
	"errors"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Why a session could not be loaded, besides the reasons that package session
// has for cookies.
const (
	ReasonStoreUnavailable = "store-unavailable"
	ReasonStoreRefuses     = "store-refuses" // it answers, and not with what was asked
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
		h.sessions.Diagnostics().ReportMissingMiddleware("/debug/")
		p.Reason = ReasonNoMiddleware
		p.Meaning = "the debug endpoints are reached without passing the session middleware, so this request has no session"
		p.Fix = h.fixOf("middleware-order", check.Facts{Observed: check.Observed{SessionBeforeSetup: []string{"/debug/"}}})
	case errors.Is(err, session.ErrUnavailable), errors.Is(err, session.ErrClosed):
		p.Reason, p.Meaning = outage(err)
		store := check.Store{Kind: h.sessions.Diagnostics().Worker().Store, Err: err}
		if d, ok := h.sessions.Store().(driver.Describer); ok {
			store.Address = d.Describe().Address
		}
		p.Fix = h.outageFix(check.Facts{Store: store})
	case errors.Is(err, session.ErrGone):
		p.Fix = "try again: the session ended while this request was running"
	case errors.Is(err, session.ErrContended):
		p.Fix = "try again: other requests kept changing this session"
	case errors.Is(err, session.ErrStoreFull):
		p.Fix = "allow more sessions, or keep them in files or in Redis: " + h.sessions.Config().Title("session-store")
	}
	return p
}

// outage says why a store does not do what it was asked, and what that means.
func outage(err error) (reason, meaning string) {
	var refusal *check.Refusal
	switch {
	case !errors.As(err, &refusal):
		reason, meaning = ReasonStoreUnavailable, "the session store does not answer, so nobody can say what this cookie leads to"
		if driver.IsTimeout(err) {
			meaning = "the session store takes too long to answer, so nobody can say what this cookie leads to"
		}
		return reason, meaning + "; it logs nobody out, and all is as before when the store answers again"
	case refusal.Code == "OOM":
		meaning = "the session store is full: it answers, and refuses to store anything; what is in it can still be read"
	case refusal.Code == "READONLY":
		meaning = "the session store is a replica that may only be read: it answers, and refuses every change"
	default:
		meaning = "the session store answers, and refuses what it was asked"
	}
	return ReasonStoreRefuses, meaning + "; nobody is logged out by it"
}

// outageFix is what the checks advise about a store that fails, "" when it does
// not.
func (h *handler) outageFix(facts check.Facts) string {
	if facts.Store.Err == nil {
		return ""
	}
	return cmp.Or(h.fixOf("store-unreachable", facts), h.fixOf("store-refuses", facts), h.fixOf("redis-full", facts), h.fixOf("redis-replica", facts))
}
