package storetest_test

import (
	"context"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

func newTouchCreates(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.touch = func(ctx context.Context, id driver.ID, expires time.Time) error {
		if err := m.Touch(ctx, id, expires); err != driver.ErrNotFound {
			return err
		}
		now := time.Now()
		return m.Save(ctx, id, &driver.Record{Created: now, Deadline: now.Add(time.Hour), Expires: expires})
	}
	return f
}

func newTouchSaves(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.touch = func(ctx context.Context, id driver.ID, expires time.Time) error {
		r, err := m.Load(ctx, id)
		if err != nil {
			return err
		}
		r.Expires = expires
		return m.Save(ctx, id, r)
	}
	return f
}

func newTouchIdles(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.touch = func(ctx context.Context, id driver.ID, _ time.Time) error {
		_, err := m.Load(ctx, id)
		return err
	}
	return f
}

func newSweepsAll(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.sweep = func(ctx context.Context) (removed int, err error) {
		for entry, err := range m.All(ctx) {
			if err != nil {
				return removed, err
			}
			if err := m.Delete(ctx, entry.ID); err != nil {
				return removed, err
			}
			removed++
		}
		return removed, nil
	}
	return f
}

// newSweepsLate looks at all expiries, waits for those that are near, and
// removes without looking again.
func newSweepsLate(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.sweep = func(ctx context.Context) (removed int, err error) {
		var ids []driver.ID
		last := time.Now()
		for entry, err := range m.All(ctx) {
			if err != nil {
				return 0, err
			}
			if expires := entry.Record.Expires; time.Until(expires) < time.Second {
				ids = append(ids, entry.ID)
				last = time.UnixMilli(max(last.UnixMilli(), expires.UnixMilli()))
			}
		}
		<-time.After(time.Until(last))
		for _, id := range ids {
			if err := m.Delete(ctx, id); err != nil {
				return removed, err
			}
			removed++
		}
		return removed, nil
	}
	return f
}

func newLosesUsers(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.byUser = func(ctx context.Context, o driver.Owner) iter.Seq2[driver.Entry, error] {
		return m.ByUser(ctx, driver.Owner{User: "nobody"})
	}
	return f
}

// newStaleUsers finds a session by every user it ever had.
func newStaleUsers(m *memstore.Store) driver.Store {
	f, owners := newFaulty(m), sync.Map{}
	type owner struct {
		user string
		id   driver.ID
	}
	f.save = func(ctx context.Context, id driver.ID, r *driver.Record) error {
		owners.Store(owner{r.User, id}, nil)
		return m.Save(ctx, id, r)
	}
	f.byUser = func(ctx context.Context, o driver.Owner) iter.Seq2[driver.Entry, error] {
		return only(m.All(ctx), func(e driver.Entry) bool {
			_, owned := owners.Load(owner{o.User, e.ID})
			return owned
		})
	}
	return f
}

func newFoldsUsers(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.byUser = func(ctx context.Context, o driver.Owner) iter.Seq2[driver.Entry, error] {
		return only(m.All(ctx), func(e driver.Entry) bool { return strings.EqualFold(e.Record.User, o.User) })
	}
	return f
}

// only yields the entries that keep wants, and errors.
func only(seq iter.Seq2[driver.Entry, error], keep func(driver.Entry) bool) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		for entry, err := range seq {
			if (err != nil || keep(entry)) && !yield(entry, err) {
				return
			}
		}
	}
}

func newListsTwice(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.all = func(ctx context.Context) iter.Seq2[driver.Entry, error] {
		return func(yield func(driver.Entry, error) bool) {
			for entry, err := range m.All(ctx) {
				for range 2 {
					if !yield(entry, err) {
						return
					}
				}
			}
		}
	}
	return f
}

func newListsHalf(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.all = func(ctx context.Context) iter.Seq2[driver.Entry, error] {
		return func(yield func(driver.Entry, error) bool) {
			for entry, err := range m.All(ctx) {
				if err != nil || !yield(entry, nil) {
					return
				}
			}
		}
	}
	return f
}

func newListsLocked(m *memstore.Store) driver.Store {
	f, mu := newFaulty(m), sync.Mutex{}
	f.save = func(ctx context.Context, id driver.ID, r *driver.Record) error {
		mu.Lock()
		defer mu.Unlock()
		return m.Save(ctx, id, r)
	}
	f.all = func(ctx context.Context) iter.Seq2[driver.Entry, error] {
		return func(yield func(driver.Entry, error) bool) {
			mu.Lock()
			defer mu.Unlock()
			m.All(ctx)(yield)
		}
	}
	return f
}
