package session

import (
	"context"
	"sync/atomic"
	"time"
)

// deadlines bounds calls of the store on the request path. Calls that begin
// within a twentieth of the timeout share one timer, which costs one small
// allocation a call instead of the five and half a microsecond of
// context.WithTimeout: a deadline that comes up to a twentieth early hurts
// nobody.
type deadlines struct {
	timeout time.Duration
	now     atomic.Pointer[deadline]
}

// deadline is one timer and who waits for it.
type deadline struct {
	at   time.Time
	last time.Time // for calls that begin until then
	done chan struct{}
}

func (d *deadlines) next() *deadline {
	now := time.Now()
	current := d.now.Load()
	if current != nil && now.Before(current.last) {
		return current
	}
	fresh := &deadline{at: now.Add(d.timeout), last: now.Add(d.timeout / 20), done: make(chan struct{})}
	if !d.now.CompareAndSwap(current, fresh) {
		return d.next()
	}
	time.AfterFunc(d.timeout, func() { close(fresh.done) })
	return fresh
}

// call is the context of one call of the store: the values are the request's,
// the end is the deadline. That the browser has left wakes nobody: what was
// begun is ended, within the timeout.
type call struct {
	silent
	*deadline
}

func (c *call) Deadline() (time.Time, bool) { return c.at, true }
func (c *call) Done() <-chan struct{}       { return c.done }

func (c *call) Err() error {
	select {
	case <-c.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// silent is a context that does not lead to the session: a log that looks it
// up for a line of the store's would wait for itself.
type silent struct{ context.Context }

func (s silent) Value(key any) any {
	if key == ContextKey {
		return nil
	}
	return s.Context.Value(key)
}

// inTime bounds a call of the store by the configured timeout. A store in this
// process needs no bound.
func (m *Manager) inTime(ctx context.Context) (context.Context, context.CancelFunc) {
	if !m.bound {
		return ctx, unbounded
	}
	d := m.deadlines.next()
	if own, ok := ctx.Deadline(); ok && own.Before(d.at) {
		return m.storeContext(silent{ctx})
	}
	return &call{silent{ctx}, d}, unbounded
}

func unbounded() {}

// timedOut tells whether a call took all the time there is, and did not end
// for its caller's impatience.
func timedOut(ctx context.Context) bool {
	c, ok := ctx.(*call)
	return ok && c.Err() != nil
}
