package sessiontest

import (
	"context"

	"github.com/gosessionkit/sessionkit/core/session"
)

// Open begins the exchange of a request that is none, for tests of what comes
// between a router and its handlers. The returned context carries it. Where ctx
// carries one of this manager already, opened is false and that one is returned.
func Open(ctx context.Context, m *session.Manager, in session.Incoming) (_ context.Context, x *session.Exchange, opened bool) {
	x = &session.Exchange{}
	if already := x.Begin(ctx, m, in); already != nil {
		return ctx, already, false
	}
	return x, x, true
}
