package storetest_test

import (
	"context"
	"errors"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

// overwrite saves r whatever revision is there.
func overwrite(ctx context.Context, m *memstore.Store, id driver.ID, r *driver.Record) error {
	for {
		err := m.Save(ctx, id, r)
		conflict, ok := errors.AsType[*driver.ConflictError](err)
		if !ok {
			return err
		}
		r.Revision = conflict.Current.Revision
	}
}

func newLastWriteWins(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.save = func(ctx context.Context, id driver.ID, r *driver.Record) error { return overwrite(ctx, m, id, r) }
	return f
}

func newCreatesOver(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.save = func(ctx context.Context, id driver.ID, r *driver.Record) error {
		if r.Revision == 0 {
			return overwrite(ctx, m, id, r)
		}
		return m.Save(ctx, id, r)
	}
	return f
}

func newRaisesAlways(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.save = func(ctx context.Context, id driver.ID, r *driver.Record) error {
		err := m.Save(ctx, id, r)
		if err != nil {
			r.Revision++
		}
		return err
	}
	return f
}

func newBareConflict(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.save = func(ctx context.Context, id driver.ID, r *driver.Record) error {
		err := m.Save(ctx, id, r)
		if _, ok := errors.AsType[*driver.ConflictError](err); ok {
			return &driver.ConflictError{}
		}
		return err
	}
	return f
}

func newResurrects(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.save = func(ctx context.Context, id driver.ID, r *driver.Record) error {
		err := m.Save(ctx, id, r)
		if errors.Is(err, driver.ErrGone) {
			r.Revision = 0
			err = m.Save(ctx, id, r)
		}
		return err
	}
	return f
}

func newRemovesBlindly(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.save = func(ctx context.Context, id driver.ID, r *driver.Record) error {
		if r.Expires.After(time.Now()) {
			return m.Save(ctx, id, r)
		}
		return m.Delete(ctx, id)
	}
	return f
}

func newStrictDelete(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.remove = func(ctx context.Context, id driver.ID) error {
		if _, err := m.Load(ctx, id); err != nil {
			return err
		}
		return m.Delete(ctx, id)
	}
	return f
}

func newNeverExpires(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.save = func(ctx context.Context, id driver.ID, r *driver.Record) error {
		if r.Expires.After(time.Now()) {
			r.Expires = r.Deadline
		}
		return m.Save(ctx, id, r)
	}
	return f
}

func newChecksThenActs(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.save = func(ctx context.Context, id driver.ID, r *driver.Record) error {
		current, err := m.Load(ctx, id)
		if err == nil && current.Revision != r.Revision {
			return &driver.ConflictError{Current: current}
		}
		<-time.After(time.Millisecond) // the gap in which another save slips through
		return overwrite(ctx, m, id, r)
	}
	return f
}

func newForgetsDetails(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.load = func(ctx context.Context, id driver.ID) (*driver.Record, error) {
		r, err := m.Load(ctx, id)
		if err == nil {
			r.Details = nil
		}
		return r, err
	}
	return f
}

func newForgetsLabels(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.load = func(ctx context.Context, id driver.ID) (*driver.Record, error) {
		r, err := m.Load(ctx, id)
		if err == nil {
			r.Label = ""
		}
		return r, err
	}
	return f
}
