package session

import (
	"context"
	"errors"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/token"
)

// CookieStatus is what the cookies of the manager's sessions, or the tokens that a
// header has in their place, say by themselves in the request of x, which may be nil.
// It does no I/O: reports use it when the store does not answer. State is StateNew when
// no cookie came, StateRejected, with the reason, when the signature of none holds, and
// "" when one holds, because then only the store knows. The error is ErrNoMiddleware.
func (x *Exchange) CookieStatus(m *Manager) (Status, error) {
	status, _, err := x.cookieStatus(m)
	return status, err
}

// CookieSession is CookieStatus where the store is asked too, for reports on
// somebody else's cookie: nothing is counted as a visit, used, begun or taken
// over. Of several cookies it is about the first whose signature holds. State is
// StateLoaded then, with the session's ID and record, or StateRejected with the
// reason; the ID is zero where no signature holds, and r is nil unless the session
// was loaded. The errors are ErrNoMiddleware, ErrUnavailable and ctx's own.
func (x *Exchange) CookieSession(ctx context.Context, m *Manager) (status Status, id ID, r *driver.Record, err error) {
	status, tok, err := x.cookieStatus(m)
	if err != nil || status.State != "" {
		return status, ID{}, nil, err
	}
	id = tok.Secret.ID()
	r, reason, err := m.find(ctx, id, tok)
	switch {
	case r != nil:
		status.State = StateLoaded
	case err == nil || errors.Is(err, driver.ErrNotFound): // of one that was renewed the error names the successor
		status.State, status.Reason, err = StateRejected, reason, nil
	}
	return status, id, r, err
}

// cookieStatus also returns the token whose signature holds.
func (x *Exchange) cookieStatus(m *Manager) (status Status, good token.Token, err error) {
	if x = x.of(m); x == nil {
		return Status{}, good, ErrNoMiddleware
	}
	name, keys := x.named()
	status = Status{State: StateNew, Reason: diagnose.ReasonNone, From: x.from()}
	holds := false
	x.tokens(name, func(value string) bool {
		status.Cookies++
		if holds || status.Cookies > MaxCookies {
			return true
		}
		tok, _, flaw := x.verify(keys, value)
		if holds = flaw == ""; holds {
			status.State, status.Reason, status.Key, status.Store = "", "", tok.Key, tok.Store
			good = tok
		} else {
			status.State = StateRejected
			status.reject(diagnose.Reason(flaw), tok)
		}
		return true
	})
	return status, good, nil
}
