package guard

import (
	"context"
	"errors"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/internal/kiterror"
	"github.com/gosessionkit/sessionkit/core/internal/observers"
)

// observed tells observers of each call of the store, and takes records of sessions
// that have ended for none. No clock is read while there are no observers.
type observed struct {
	driver.Store
	tagged driver.TagLoader // the store, where it is one
	list   *observers.List
}

func (o *observed) told(ctx context.Context, operation string, id driver.ID, begin time.Time, err error) {
	if ofContract(err) || errors.Is(err, context.Canceled) {
		err = nil
	}
	o.list.Tell(ctx, event.Event{Kind: event.Called, Session: id, Operation: operation, Took: time.Since(begin), Err: err})
}

func (o *observed) Load(ctx context.Context, id driver.ID) (*driver.Record, error) {
	if !o.list.Any() {
		return living(o.Store.Load(ctx, id))
	}
	begin := time.Now()
	r, err := living(o.Store.Load(ctx, id))
	o.told(ctx, "load", id, begin, err)
	return r, err
}

// LoadTagged implements [driver.TagLoader] where the store does.
func (o *observed) LoadTagged(ctx context.Context, id driver.ID, tag driver.OwnerTag) (*driver.Record, error) {
	if !o.list.Any() {
		return living(o.tagged.LoadTagged(ctx, id, tag))
	}
	begin := time.Now()
	r, err := living(o.tagged.LoadTagged(ctx, id, tag))
	o.told(ctx, "load", id, begin, err)
	return r, err
}

func (o *observed) Save(ctx context.Context, id driver.ID, r *driver.Record) error {
	if !o.list.Any() {
		return replaced(o.Store.Save(ctx, id, r))
	}
	begin := time.Now()
	err := replaced(o.Store.Save(ctx, id, r))
	o.told(ctx, "save", id, begin, err)
	return err
}

func (o *observed) Touch(ctx context.Context, id driver.ID, expires time.Time) error {
	if !o.list.Any() {
		return o.Store.Touch(ctx, id, expires)
	}
	begin := time.Now()
	err := o.Store.Touch(ctx, id, expires)
	o.told(ctx, "touch", id, begin, err)
	return err
}

func (o *observed) Delete(ctx context.Context, id driver.ID) error {
	if !o.list.Any() {
		return o.Store.Delete(ctx, id)
	}
	begin := time.Now()
	err := o.Store.Delete(ctx, id)
	o.told(ctx, "delete", id, begin, err)
	return err
}

// ofContract reports whether err is one that [driver.Store] has for what is no
// failure.
func ofContract(err error) bool {
	if err == nil {
		return true
	}
	_, conflict := errors.AsType[*driver.ConflictError](err)
	return conflict || errors.Is(err, driver.ErrNotFound) || errors.Is(err, driver.ErrGone) || errors.Is(err, kiterror.ErrContended) ||
		errors.Is(err, driver.ErrTooLarge) || errors.Is(err, driver.ErrClosed) || errors.Is(err, driver.ErrStoreFull)
}
