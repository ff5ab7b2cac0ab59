package storetest_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/storetest"
)

// mapStore is the smallest store there can be: a map in this process. It never
// forgets what has expired, so it is for tests alone.
type mapStore struct {
	mu      sync.Mutex
	closed  bool
	records map[driver.ID]*driver.Record
	renewed map[driver.ID]renewal
}

// renewal is which session took the place of one that was renewed.
type renewal struct {
	successor driver.ID
	until     time.Time
}

func newMapStore() *mapStore {
	return &mapStore{records: map[driver.ID]*driver.Record{}, renewed: map[driver.ID]renewal{}}
}

// find returns the record that is kept. The caller holds the lock.
func (s *mapStore) find(ctx context.Context, id driver.ID) (*driver.Record, error) {
	now := time.Now()
	switch r, moved := s.records[id], s.renewed[id]; {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case s.closed:
		return nil, driver.ErrClosed
	case r != nil && r.Expires.After(now):
		return r, nil
	case moved.until.After(now):
		return nil, &driver.RenewedError{Successor: moved.successor}
	}
	return nil, driver.ErrNotFound
}

func (s *mapStore) Load(ctx context.Context, id driver.ID) (*driver.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	return r.Clone(), nil // never the one that is kept
}

func (s *mapStore) Save(ctx context.Context, id driver.ID, r *driver.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	current, err := s.find(ctx, id)
	switch {
	case err == nil && current.Revision != r.Replaces():
		return &driver.ConflictError{Current: current.Clone()}
	case err != nil && !errors.Is(err, driver.ErrNotFound):
		return err
	case err != nil && r.Replaces() > 0:
		return driver.ErrGone
	}
	renewed := r.Successor != driver.ID{}
	if renewed {
		s.renewed[id] = renewal{r.Successor, time.Now().Add(driver.RenewedFor)}
	}
	if renewed || !r.Expires.After(time.Now()) {
		delete(s.records, id)
		return nil
	}
	if r.KeepExpires && current != nil {
		r.Expires = current.Expires
	}
	r.Revision = r.Next()
	kept := r.Clone()
	kept.Expires = r.Expires.Truncate(time.Millisecond) // records are not more precise
	s.records[id] = kept
	return nil
}

func (s *mapStore) Touch(ctx context.Context, id driver.ID, expires time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.find(ctx, id)
	if err == nil && expires.After(r.Expires) {
		r.Expires = expires.Truncate(time.Millisecond)
	}
	return err
}

func (s *mapStore) Delete(ctx context.Context, id driver.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.find(ctx, id)
	if err == driver.ErrNotFound {
		return nil
	}
	if err == nil {
		delete(s.records, id)
	}
	return err
}

func (s *mapStore) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// A store of one's own is five methods. What else it can do, such as finding the
// sessions of a user, it says by implementing an optional interface; here there is
// none, and Run skips what is about them.
func ExampleRun() {
	var t *testing.T // of func TestStore(t *testing.T)

	storetest.Run(t, func(t testing.TB) driver.Store { return newMapStore() })
}
