package guard

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// errSilent is what requests hear while the store is given up on.
var errSilent error = givenUp("the store has not answered several times in a row; it is tried again twice a second")

type givenUp string

func (g givenUp) Error() string { return string(g) }

// Timeout is what it began with.
func (givenUp) Timeout() bool { return true }

// breakAfter is after how many timeouts in a row the store is given up on,
// and breakFor how long until one request tries it again.
const (
	breakAfter = 5
	breakFor   = 500 * time.Millisecond
)

// breaker stands in front of a store that others run, so that one that hangs
// does not hold up every request for the whole timeout. Only silence counts:
// an error is an answer, costs no wait, and says more than a breaker could.
type breaker struct {
	driver.Store
	tagged   driver.TagLoader // the store, where it is one
	start    time.Time        // what retryAt counts from: a clock that is set back changes nothing
	timeouts atomic.Int32     // in a row
	retryAt  atomic.Int64     // nanoseconds
}

// allow is why a call does not go through, nil when it does.
func (b *breaker) allow(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err // nothing is sent, so nothing is heard
	}
	if b.timeouts.Load() < breakAfter {
		return nil
	}
	now, at := time.Since(b.start), b.retryAt.Load()
	if int64(now) >= at && b.retryAt.CompareAndSwap(at, int64(now+breakFor)) {
		return nil
	}
	return errSilent
}

// record takes note of how a call ended. A caller who went away, or had less
// patience than the timeout, says nothing about the store.
func (b *breaker) record(ctx context.Context, err error) error {
	if err == nil {
		if b.timeouts.Load() != 0 {
			b.timeouts.Store(0)
		}
		return nil
	}
	var other driver.CountedError
	switch {
	case errors.As(err, &other) && other.Counted(): // it was not sent, or waited with another call that has the same error
	case driver.IsTimeout(err):
		if patient(ctx) && b.timeouts.Add(1) == breakAfter {
			b.retryAt.Store(int64(time.Since(b.start) + breakFor))
		}
	case errors.Is(err, context.Canceled):
	case b.timeouts.Load() != 0:
		b.timeouts.Store(0)
	}
	return err
}

func (b *breaker) Load(ctx context.Context, id driver.ID) (*driver.Record, error) {
	if err := b.allow(ctx); err != nil {
		return nil, err
	}
	r, err := b.Store.Load(ctx, id)
	return r, b.record(ctx, err)
}

// LoadTagged implements [driver.TagLoader] where the store does.
func (b *breaker) LoadTagged(ctx context.Context, id driver.ID, tag driver.OwnerTag) (*driver.Record, error) {
	if err := b.allow(ctx); err != nil {
		return nil, err
	}
	r, err := b.tagged.LoadTagged(ctx, id, tag)
	return r, b.record(ctx, err)
}

func (b *breaker) Save(ctx context.Context, id driver.ID, r *driver.Record) error {
	if err := b.allow(ctx); err != nil {
		return err
	}
	return b.record(ctx, b.Store.Save(ctx, id, r))
}

func (b *breaker) Touch(ctx context.Context, id driver.ID, expires time.Time) error {
	if err := b.allow(ctx); err != nil {
		return err
	}
	return b.record(ctx, b.Store.Touch(ctx, id, expires))
}

func (b *breaker) Delete(ctx context.Context, id driver.ID) error {
	if err := b.allow(ctx); err != nil {
		return err
	}
	return b.record(ctx, b.Store.Delete(ctx, id))
}
