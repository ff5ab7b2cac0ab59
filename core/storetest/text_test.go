package storetest_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/storetest"
)

// textStore is a store with nothing beyond driver.Store: records as text in
// a map.
type textStore struct {
	mu     sync.Mutex
	closed bool
	texts  map[driver.ID]string
	moved  map[driver.ID]driver.ID // to their successors; a real store forgets them after driver.RenewedFor
	onBad  func(error) error       // what Load makes of a record it cannot parse
}

func newTextStore() *textStore {
	return &textStore{
		texts: map[driver.ID]string{},
		moved: map[driver.ID]driver.ID{},
		onBad: func(error) error { return driver.ErrNotFound },
	}
}

// A store without optional interfaces passes too, and one that stores text
// can be given corrupt records.
func TestTextStore(t *testing.T) {
	storetest.Run(t, func(testing.TB) driver.Store { return newTextStore() }, storetest.WithCorrupt(corruptText))
}

func TestTextStoreShared(t *testing.T) {
	storetest.RunShared(t, func(testing.TB) (a, b driver.Store) {
		s := newTextStore()
		return textLease{s}, textLease{s}
	})
}

type textLease struct{ *textStore }

func (textLease) Close() error { return nil }

func corruptText(_ testing.TB, s driver.Store, id driver.ID) {
	text := s.(*textStore)
	text.mu.Lock()
	defer text.mu.Unlock()
	text.texts[id] = text.texts[id][:20]
}

// enter locks the store for a call.
func (s *textStore) enter(ctx context.Context) error {
	s.mu.Lock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.closed {
		return driver.ErrClosed
	}
	return nil
}

func (s *textStore) live(id driver.ID) (*driver.Record, error) {
	text, ok := s.texts[id]
	if next, moved := s.moved[id]; !ok && moved {
		return nil, &driver.RenewedError{Successor: next}
	}
	if !ok {
		return nil, driver.ErrNotFound
	}
	r, err := driver.ParseRecord(text)
	if err != nil {
		return nil, s.onBad(err)
	}
	if !r.Expires.After(time.Now()) {
		return nil, driver.ErrNotFound
	}
	return r, nil
}

func (s *textStore) Load(ctx context.Context, id driver.ID) (*driver.Record, error) {
	defer s.mu.Unlock()
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	return s.live(id)
}

func (s *textStore) Save(ctx context.Context, id driver.ID, r *driver.Record) error {
	defer s.mu.Unlock()
	if err := s.enter(ctx); err != nil {
		return err
	}
	current, err := s.live(id)
	switch {
	case err == nil && current.Revision != r.Replaces():
		return &driver.ConflictError{Current: current}
	case err != nil && r.Replaces() != 0:
		return driver.ErrGone
	}
	if r.KeepExpires && err == nil {
		r.Expires = current.Expires
	}
	r.Revision = r.Next()
	if r.Successor != (driver.ID{}) {
		delete(s.texts, id)
		s.moved[id] = r.Successor
		return nil
	}
	s.texts[id] = string(r.AppendJSON(nil))
	return nil
}

func (s *textStore) Touch(ctx context.Context, id driver.ID, expires time.Time) error {
	defer s.mu.Unlock()
	if err := s.enter(ctx); err != nil {
		return err
	}
	r, err := s.live(id)
	if err == nil && expires.After(r.Expires) {
		r.Expires = expires
		s.texts[id] = string(r.AppendJSON(nil))
	}
	return err
}

func (s *textStore) Delete(ctx context.Context, id driver.ID) error {
	defer s.mu.Unlock()
	if err := s.enter(ctx); err != nil {
		return err
	}
	delete(s.texts, id)
	if next, moved := s.moved[id]; moved {
		return &driver.RenewedError{Successor: next}
	}
	return nil
}

func (s *textStore) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}
