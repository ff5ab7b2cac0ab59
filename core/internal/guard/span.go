package guard

import (
	"context"
	"time"
)

// Span is the time that one commit asks the store, however often. It is
// bounded as a whole; the time in between, in which the app's functions run,
// does not count.
type Span struct {
	guard  *Guard
	values context.Context
	ctx    context.Context // of the last call, nil before the first
	cancel context.CancelFunc
	left   time.Duration // of it after the last call, where there is a bound
}

// Begin returns the context for the next call.
func (a *Span) Begin() context.Context {
	if a.ctx == nil {
		a.ctx, a.cancel = a.guard.Bound(a.values)
		return a.ctx
	}
	at, bound := a.ctx.Deadline()
	if bound && time.Until(at) < a.left-a.guard.timeout/20 {
		a.cancel()
		d := newDeadline(time.Now(), a.left)
		a.ctx, a.cancel = &storeCallCtx{d, a.values}, d.stop
	}
	return a.ctx
}

// Pause waits with wait before the next call, and reports whether there is time
// left for it.
func (a *Span) Pause(wait func(context.Context) bool) bool {
	ok := wait(a.ctx)
	if at, bound := a.ctx.Deadline(); bound {
		a.left = time.Until(at)
	}
	return ok
}

// Stop ends the span.
func (a *Span) Stop() {
	if a.cancel != nil {
		a.cancel()
	}
}

// Span begins one; the values of its contexts are those of values.
func (g *Guard) Span(values context.Context) Span { return Span{guard: g, values: values} }
