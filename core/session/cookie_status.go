package session

import (
	"context"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/internal/cookie"
)

// CookieStatus tells what the session cookies of the request that ctx belongs
// to say by themselves. It does no I/O: reports use it when the store does not
// answer. State is StateNew when no cookie came, StateRejected, with the
// reason, when the signature of none holds, and "" when one holds, because
// then only the store knows. The error is ErrNoMiddleware.
func (m *Manager) CookieStatus(ctx context.Context) (Status, error) {
	x, _ := ctx.Value(ContextKey).(*Exchange)
	if x = x.of(m); x == nil {
		return Status{}, ErrNoMiddleware
	}
	name, keys := m.named(x.cookieLines())
	status := Status{State: StateNew, Reason: diagnose.ReasonNone}
	holds := false
	cookie.Values(x.cookieLines(), name, func(value string) bool {
		status.Cookies++
		if holds || status.Cookies > MaxCookies {
			return true
		}
		tok, _, flaw := keys.Verify(value)
		if holds = flaw == ""; holds {
			status.State, status.Reason, status.Key, status.Store = "", "", tok.Key, tok.Store
		} else {
			status.State = StateRejected
			status.reject(diagnose.Reason(flaw), tok)
		}
		return true
	})
	return status, nil
}
