package session

import (
	"context"
	"time"
)

// asking is the time that one commit asks the store, however often. It is
// bounded as a whole; the time in between, in which the app's functions run,
// does not count.
type asking struct {
	manager *Manager
	values  context.Context
	ctx     context.Context // of the last call, nil before the first
	cancel  context.CancelFunc
	left    time.Duration // of it after the last call, where there is a bound
}

// begin returns the context for the next call.
func (a *asking) begin() context.Context {
	if a.ctx == nil {
		a.ctx, a.cancel = a.manager.inTime(a.values)
		return a.ctx
	}
	at, bound := a.ctx.Deadline()
	if bound && time.Until(at) < a.left-a.manager.cfg.Timeout/20 {
		a.cancel()
		d := newDeadline(time.Now(), a.left)
		a.ctx, a.cancel = &call{d, a.values}, d.stop
	}
	return a.ctx
}

// again waits a moment before the next call, and reports whether there is time
// left for it.
func (a *asking) again(attempt int) bool {
	ok := pause(a.ctx, attempt)
	if at, bound := a.ctx.Deadline(); bound {
		a.left = time.Until(at)
	}
	return ok
}

func (a *asking) stop() {
	if a.cancel != nil {
		a.cancel()
	}
}
