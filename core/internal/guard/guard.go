// Package guard stands between the manager and its store: it bounds each call in
// time, gives a store up that does not answer, tells a caller's impatience from
// a failure, and counts failures.
package guard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/kiterror"
	"github.com/gosessionkit/sessionkit/core/internal/observers"
	"github.com/gosessionkit/sessionkit/core/internal/tally"
)

// ContextKey is the key of the exchange in the context of a request. A store
// must not find the session through it: a log handler that looks it up for a
// line of the store's would wait for itself.
const ContextKey contextKey = 0

type contextKey int

// Guard is a store that is called within time. It is safe for concurrent use.
type Guard struct {
	calls       driver.Store     // behind a breaker where it can make a caller wait
	tagged      driver.TagLoader // calls, where the store is one
	bound       bool             // whether the store can make a caller wait
	timeout     time.Duration
	deadlines   deadlines
	failed      *tally.Counts
	sessionless func(context.Context) context.Context
}

// Operations are what requests ask of the store.
var Operations = []string{"load", "save", "touch", "delete", "renew", "list by user"}

// New guards a store. Where it is private, in this process, it needs no bound.
// Failures are counted by operation in failed, and list hears of each call. sessionless makes a context of one
// that leads to a session: see [ContextKey].
func New(store driver.Store, private bool, timeout time.Duration, failed *tally.Counts, list *observers.List, sessionless func(context.Context) context.Context) *Guard {
	watched := &observed{Store: store, list: list}
	g := &Guard{calls: watched, bound: !private, timeout: timeout, failed: failed, sessionless: sessionless}
	if watched.tagged, _ = store.(driver.TagLoader); watched.tagged != nil {
		g.tagged = watched
	}
	g.deadlines.timeout = timeout
	if g.bound {
		b := &breaker{Store: watched, tagged: g.tagged, start: time.Now()}
		g.calls = b
		if g.tagged != nil {
			g.tagged = b
		}
	}
	return g
}

// Load loads a record. The tag is zero where nobody is logged in.
func (g *Guard) Load(ctx context.Context, id driver.ID, tag driver.OwnerTag) (r *driver.Record, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	bounded, cancel := g.Bound(ctx)
	defer cancel()
	if g.tagged != nil && tag != (driver.OwnerTag{}) {
		r, err = g.tagged.LoadTagged(bounded, id, tag)
	} else {
		r, err = g.calls.Load(bounded, id)
	}
	if err != nil {
		return nil, g.Failure(ctx, "load", id, err)
	}
	return r, nil
}

// Touch is that of the store.
func (g *Guard) Touch(ctx context.Context, id driver.ID, expires time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	bounded, cancel := g.Bound(ctx)
	defer cancel()
	if err := g.calls.Touch(bounded, id, expires); err != nil {
		return g.Failure(ctx, "touch", id, err)
	}
	return nil
}

// Delete is that of the store.
func (g *Guard) Delete(ctx context.Context, id driver.ID) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	bounded, cancel := g.Bound(ctx)
	defer cancel()
	if err := g.calls.Delete(bounded, id); err != nil {
		return g.Failure(ctx, "delete", id, err)
	}
	return nil
}

// Calls is the store behind its breaker, for who bounds several calls together.
// What it answers is not what Failure and Error make of it.
func (g *Guard) Calls() driver.Store { return g.calls }

// Bound bounds a call of the store by the timeout. A store in this process needs
// no bound.
func (g *Guard) Bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if !g.bound {
		return g.sessionless(ctx), unbounded
	}
	d := g.deadlines.next()
	if own, ok := ctx.Deadline(); ok && own.Before(d.at) {
		return g.Long(g.sessionless(ctx))
	}
	return &storeCallCtx{d, ctx}, unbounded
}

// Patience is a context that ends when a wait should that begins now. Several
// share it.
func (g *Guard) Patience() context.Context { return g.deadlines.next() }

// Long is Bound with a timer of its own, for what asks for more than one record.
func (g *Guard) Long(ctx context.Context) (context.Context, context.CancelFunc) {
	if !g.bound {
		return ctx, unbounded
	}
	return context.WithTimeoutCause(ctx, g.timeout, ErrTimeout)
}

func unbounded() {}

// Sessionless is ctx without the session; see [ContextKey].
func (g *Guard) Sessionless(ctx context.Context) context.Context { return g.sessionless(ctx) }

// Failure tells a caller who went away, or had less patience than the timeout,
// from a store that fails.
func (g *Guard) Failure(caller context.Context, op string, id driver.ID, err error) error {
	if cause := impatience(caller, err); cause != nil {
		return cause
	}
	return g.Error(op, id, err)
}

// ErrTimeout is why a call of the store has ended whose time is up.
var ErrTimeout = errors.New("the store did not answer in time (--session-timeout)")

// Error makes every failure that is not one of the contract's own an
// ErrUnavailable.
func (g *Guard) Error(op string, id driver.ID, err error) error {
	switch {
	case ofContract(err):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("%w: %w", ErrTimeout, err)
	}
	g.failed.Add(op)
	if id == (driver.ID{}) {
		return fmt.Errorf("%w: %s: %w", kiterror.ErrUnavailable, op, err)
	}
	return fmt.Errorf("%w: %s of session %s: %w", kiterror.ErrUnavailable, op, id.Short(), err)
}
