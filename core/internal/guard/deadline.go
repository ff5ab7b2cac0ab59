package guard

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// deadlines bounds calls of the store on the request path. Calls that begin
// within a twentieth of the timeout share one context of the standard library,
// which costs one small allocation a call instead of the five and half a
// microsecond of context.WithTimeout: a deadline that comes up to a twentieth
// early hurts nobody. What a store derives from it starts no goroutine.
type deadlines struct {
	timeout time.Duration
	now     atomic.Pointer[deadline]
}

// deadline is the end of the calls that share it.
type deadline struct {
	context.Context
	at   time.Time
	last time.Time // for calls that begin until then
	stop context.CancelFunc
}

func (d *deadlines) next() *deadline {
	current := d.now.Load()
	now := time.Now()
	if current != nil && now.Before(current.last) {
		return current
	}
	fresh := newDeadline(now, d.timeout)
	fresh.last = now.Add(d.timeout / 20)
	if !d.now.CompareAndSwap(current, fresh) {
		fresh.stop()
		return d.next()
	}
	return fresh
}

func newDeadline(now time.Time, after time.Duration) *deadline {
	d := &deadline{at: now.Add(after)}
	d.Context, d.stop = context.WithDeadlineCause(context.Background(), d.at, ErrTimeout)
	return d
}

// storeCallCtx is the context of one call of the store: the values are the request's,
// without the session, the end is the deadline. That the browser has left wakes
// nobody: what was begun is ended, within the timeout.
type storeCallCtx struct {
	*deadline
	values context.Context
}

func (c *storeCallCtx) Value(key any) any {
	if key == ContextKey {
		return nil
	}
	if v := c.deadline.Value(key); v != nil { // the standard library's own
		return v
	}
	return c.values.Value(key)
}

// moment is how much earlier than a context a store may say that time is up:
// it hands the deadline on to a socket, and may round it.
const moment = 5 * time.Millisecond

// impatience is the caller's own error where that is why a call of the store
// has failed with err, and nil where the store is to blame.
func impatience(caller context.Context, err error) error {
	if cause := caller.Err(); cause != nil {
		return cause
	}
	if at, ok := caller.Deadline(); ok && time.Until(at) < moment && driver.IsTimeout(err) {
		return context.DeadlineExceeded
	}
	return nil
}

// IsImpatience reports whether err is what impatience returns, or a wait that
// ctx has ended: a failure of the store is an ErrUnavailable.
func IsImpatience(ctx context.Context, err error) bool {
	return err == ctx.Err() || err == context.DeadlineExceeded || err == context.Canceled
}

// patient reports whether a call had all the time there is, or its store gave
// up while there was time left. Who had less patience says nothing of the store.
func patient(ctx context.Context) bool {
	if _, ok := ctx.(*storeCallCtx); ok {
		return true
	}
	at, ok := ctx.Deadline()
	return ctx.Err() == nil && (!ok || time.Until(at) >= moment)
}
