package moving

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// Backend is what both stores have to be. Those of this module are.
type Backend interface {
	driver.Store
	driver.UserIndex
	driver.Lister
	driver.Pinger
	driver.Identifier
	driver.Describer
	driver.Registry
}

// Store is a [driver.Store] on two. It is safe for concurrent use.
type Store struct {
	to, from Backend
	moved    atomic.Int64 // how many sessions this process has brought over
	last     atomic.Int64 // when the last one came, or the store was made; Unix nanoseconds
}

var (
	_ Backend          = (*Store)(nil)
	_ driver.TagLoader = (*Store)(nil)
	_ driver.Sweeper   = (*Store)(nil)
	_ driver.Remover   = (*Store)(nil)
)

// New returns a store that keeps sessions in to and brings those of from over.
// Closing it closes both.
func New(to, from Backend) *Store {
	s := &Store{to: to, from: from}
	s.last.Store(time.Now().UnixNano())
	return s
}

// Load implements [driver.Store].
func (s *Store) Load(ctx context.Context, id driver.ID) (*driver.Record, error) {
	r, err := s.to.Load(ctx, id)
	if !missing(err) {
		return r, err
	}
	return s.fetch(ctx, id)
}

// LoadTagged implements [driver.TagLoader].
func (s *Store) LoadTagged(ctx context.Context, id driver.ID, tag driver.OwnerTag) (r *driver.Record, err error) {
	tagged, ok := s.to.(driver.TagLoader)
	if !ok {
		return s.Load(ctx, id)
	}
	if r, err = tagged.LoadTagged(ctx, id, tag); !missing(err) {
		return r, err
	}
	return s.fetch(ctx, id)
}

// missing reports whether a store has no such session, and knows of none that
// took its place.
func missing(err error) bool {
	var renewed *driver.RenewedError
	return errors.Is(err, driver.ErrNotFound) && !errors.As(err, &renewed)
}

// Save implements [driver.Store]. What is saved was created here, or was loaded
// and so is here. A session that ends by it is not left in the old store, where
// a worker may have died before it removed it.
func (s *Store) Save(ctx context.Context, id driver.ID, r *driver.Record) error {
	ends := r.Successor != (driver.ID{}) || !r.Expires.After(time.Now())
	err := s.to.Save(ctx, id, r)
	if err == nil && ends {
		err = notRenewed(s.from.Delete(ctx, id))
	}
	return err
}

// notRenewed takes the old store's word about a renewal for none: the new one
// knows of it.
func notRenewed(err error) error {
	var renewed *driver.RenewedError
	if errors.As(err, &renewed) {
		return nil
	}
	return err
}

// Touch implements [driver.Store].
func (s *Store) Touch(ctx context.Context, id driver.ID, expires time.Time) error {
	return s.to.Touch(ctx, id, expires)
}

// Delete implements [driver.Store]. The old store comes first: a session that
// is brought over meanwhile is found to be gone there, and not kept.
func (s *Store) Delete(ctx context.Context, id driver.ID) error {
	if err := s.from.Delete(ctx, id); err != nil && !hasMoved(id, err) {
		return err
	}
	return s.to.Delete(ctx, id)
}

// Remove implements [driver.Remover].
func (s *Store) Remove(ctx context.Context, ids []driver.ID) (removed int, err error) {
	for _, store := range []Backend{s.from, s.to} {
		n, err := removeFrom(ctx, store, ids)
		removed += n
		if err != nil {
			return removed, err
		}
	}
	return removed, nil
}

func removeFrom(ctx context.Context, store Backend, ids []driver.ID) (removed int, err error) {
	if remover, ok := store.(driver.Remover); ok {
		return remover.Remove(ctx, ids)
	}
	for _, id := range ids {
		_, err := store.Load(ctx, id)
		if err == nil {
			removed++
			err = store.Delete(ctx, id)
		}
		if err != nil && !errors.Is(err, driver.ErrNotFound) {
			return removed, err
		}
	}
	return removed, nil
}

// Ping implements [driver.Pinger]: both have to answer.
func (s *Store) Ping(ctx context.Context) error {
	return errors.Join(s.to.Ping(ctx), s.from.Ping(ctx))
}

// Identify implements [driver.Identifier]: the new store's. A cookie that names
// the old one is issued anew when its session is found.
func (s *Store) Identify(ctx context.Context, proposed driver.StoreID) (driver.StoreID, error) {
	return s.to.Identify(ctx, proposed)
}

// Describe implements [driver.Describer].
func (s *Store) Describe() driver.Description { return s.to.Describe() }

// Announce implements [driver.Registry].
func (s *Store) Announce(ctx context.Context, id string, info json.RawMessage, ttl time.Duration) (time.Time, error) {
	return s.to.Announce(ctx, id, info, ttl)
}

// Withdraw implements [driver.Registry].
func (s *Store) Withdraw(ctx context.Context, id string) error { return s.to.Withdraw(ctx, id) }

// Workers implements [driver.Registry].
func (s *Store) Workers(ctx context.Context) (map[string]json.RawMessage, error) {
	return s.to.Workers(ctx)
}

// Sweep implements [driver.Sweeper].
func (s *Store) Sweep(ctx context.Context) (removed int, err error) {
	for _, store := range []Backend{s.to, s.from} {
		if sweeper, ok := store.(driver.Sweeper); ok && err == nil {
			var n int
			n, err = sweeper.Sweep(ctx)
			removed += n
		}
	}
	return removed, err
}

// Close implements [driver.Store].
func (s *Store) Close() error { return errors.Join(s.to.Close(), s.from.Close()) }
