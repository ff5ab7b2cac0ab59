package ginsession

import (
	"context"

	"github.com/gin-gonic/gin"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// visit is a request outside of its session, and its writer: Engine.HandleContext
// leaves nothing of either to a request but its context.
type visit struct {
	context.Context
	of     *middleware
	ours   *httpsession.Writer // what commits, nil when nothing more is to be saved
	writer writer
}

type visitKey struct{}

// Value implements [context.Context].
func (v *visit) Value(key any) any {
	if key == (visitKey{}) {
		return v
	}
	return v.Context.Value(key)
}

// visitOf returns the one of the manager, or the innermost for nil.
func visitOf(ctx context.Context, sessions *session.Manager) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	for v != nil && sessions != nil && v.of.sessions != sessions {
		v, _ = v.Context.Value(visitKey{}).(*visit)
	}
	return v
}

// run is all that happens inside the middleware, and the end of it.
func (v *visit) run(c *gin.Context, below gin.ResponseWriter) {
	x := v.ours.Exchange()
	returned := false
	defer func() {
		if !returned { // a panic: what Recovery answers to it saves nothing
			c.Writer, v.ours = below, nil
		}
	}()
	x.Run(c.Next)
	if returned = true; v.ours != nil && v.ours.Commit() == nil {
		x.Finish() // its error is in the log, and the answer is gone
	}
}

// again is the middleware for a request that it has begun already. Mostly it was
// applied twice, and the first one does the work. But Engine.HandleContext takes
// the writers away, and has the headers sent before the first one gets to it, or
// after that where it was called outside.
func (v *visit) again(c *gin.Context) {
	if v.ours != nil && !v.ours.Committed() && httpsession.ExchangeOf(c.Writer) != v.ours.Exchange() {
		below := c.Writer
		_, v.ours = v.ours.Rewrap(below)
		c.Writer = &writer{below, v.ours}
		v.run(c, below)
		return
	}
	if c.Next(); v.ours != nil && v.ours.Committed() {
		v.ours.Exchange().Finish()
	}
}
