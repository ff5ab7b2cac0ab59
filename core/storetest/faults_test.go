package storetest_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

// faulty is a memory store that does some things its own way.
type faulty struct {
	*memstore.Store
	load     func(context.Context, driver.ID) (*driver.Record, error)
	save     func(context.Context, driver.ID, *driver.Record) error
	touch    func(context.Context, driver.ID, time.Time) error
	remove   func(context.Context, driver.ID) error
	byUser   func(context.Context, driver.Owner) iter.Seq2[driver.Entry, error]
	all      func(context.Context) iter.Seq2[driver.Entry, error]
	sweep    func(context.Context) (int, error)
	identify func(context.Context, driver.StoreID) (driver.StoreID, error)
	announce func(context.Context, string, json.RawMessage, time.Duration) (time.Time, error)
	withdraw func(context.Context, string) error
	workers  func(context.Context) (map[string]json.RawMessage, error)
	shut     func() error
}

func newFaulty(m *memstore.Store) *faulty {
	return &faulty{m, m.Load, m.Save, m.Touch, m.Delete, m.ByUser, m.All, m.Sweep, m.Identify, m.Announce, m.Withdraw, m.Workers, m.Close}
}

func (f *faulty) Load(ctx context.Context, id driver.ID) (*driver.Record, error) {
	return f.load(ctx, id)
}

func (f *faulty) Save(ctx context.Context, id driver.ID, r *driver.Record) error {
	return f.save(ctx, id, r)
}

func (f *faulty) Touch(ctx context.Context, id driver.ID, expires time.Time) error {
	return f.touch(ctx, id, expires)
}

func (f *faulty) Delete(ctx context.Context, id driver.ID) error { return f.remove(ctx, id) }

func (f *faulty) ByUser(ctx context.Context, o driver.Owner) iter.Seq2[driver.Entry, error] {
	return f.byUser(ctx, o)
}

func (f *faulty) All(ctx context.Context) iter.Seq2[driver.Entry, error] { return f.all(ctx) }

func (f *faulty) Sweep(ctx context.Context) (int, error) { return f.sweep(ctx) }

func (f *faulty) Identify(ctx context.Context, proposed driver.StoreID) (driver.StoreID, error) {
	return f.identify(ctx, proposed)
}

func (f *faulty) Announce(ctx context.Context, id string, info json.RawMessage, ttl time.Duration) (time.Time, error) {
	return f.announce(ctx, id, info, ttl)
}

func (f *faulty) Withdraw(ctx context.Context, id string) error { return f.withdraw(ctx, id) }

func (f *faulty) Workers(ctx context.Context) (map[string]json.RawMessage, error) {
	return f.workers(ctx)
}

func (f *faulty) Close() error { return f.shut() }

func newKeepsPointers(m *memstore.Store) driver.Store {
	f, kept := newFaulty(m), sync.Map{}
	f.save = func(ctx context.Context, id driver.ID, r *driver.Record) error {
		kept.Store(id, r)
		return m.Save(ctx, id, r)
	}
	f.load = func(ctx context.Context, id driver.ID) (*driver.Record, error) {
		if r, ok := kept.Load(id); ok {
			return r.(*driver.Record).Clone(), nil
		}
		return m.Load(ctx, id)
	}
	return f
}

func newSharesPointers(m *memstore.Store) driver.Store {
	f, kept := newFaulty(m), sync.Map{}
	f.load = func(ctx context.Context, id driver.ID) (*driver.Record, error) {
		r, err := m.Load(ctx, id)
		if err != nil {
			return nil, err
		}
		shared, _ := kept.LoadOrStore(id, r)
		return shared.(*driver.Record), nil
	}
	return f
}

func newWholeSeconds(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.load = func(ctx context.Context, id driver.ID) (*driver.Record, error) {
		r, err := m.Load(ctx, id)
		if err == nil {
			r.Created, r.Deadline = r.Created.Truncate(time.Second), r.Deadline.Truncate(time.Second)
		}
		return r, err
	}
	return f
}

func newDropsLarge(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.load = func(ctx context.Context, id driver.ID) (*driver.Record, error) {
		r, err := m.Load(ctx, id)
		if err == nil && r.Values.Size() > 1<<16 {
			r.Values = driver.Values{}
		}
		return r, err
	}
	return f
}

func newIgnoresContext(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.save = func(ctx context.Context, id driver.ID, r *driver.Record) error {
		return m.Save(context.WithoutCancel(ctx), id, r)
	}
	return f
}

func newHidesCancel(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.load = func(ctx context.Context, id driver.ID) (*driver.Record, error) {
		r, err := m.Load(ctx, id)
		if err != nil {
			err = errors.Join(driver.ErrNotFound, err)
		}
		return r, err
	}
	return f
}

func newStaysOpen(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.shut = func() error { return nil }
	return f
}

func newAdoptsOrigins(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.identify = func(_ context.Context, proposed driver.StoreID) (driver.StoreID, error) { return proposed, nil }
	return f
}

func newFailsOnCorrupt(*memstore.Store) driver.Store {
	s := newTextStore()
	s.onBad = func(err error) error { return err }
	return s
}
