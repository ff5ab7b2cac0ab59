package session_test

import (
	"context"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// watchedStore counts calls, and fails or waits where a test says so.
type watchedStore struct {
	*memstore.Store
	mu     sync.Mutex
	calls  map[string]int
	before func(ctx context.Context, op string) error
}

func watch() *watchedStore {
	return &watchedStore{Store: memstore.New(0), calls: map[string]int{}}
}

func (w *watchedStore) note(ctx context.Context, op string) error {
	w.mu.Lock()
	w.calls[op]++
	before := w.before
	w.mu.Unlock()
	if before != nil {
		return before(ctx, op)
	}
	return nil
}

func (w *watchedStore) on(before func(ctx context.Context, op string) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before = before
}

// total is how many calls came since it was last asked.
func (w *watchedStore) total() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for op, calls := range w.calls {
		n += calls
		delete(w.calls, op)
	}
	return n
}

func (w *watchedStore) Load(ctx context.Context, id session.ID) (*driver.Record, error) {
	if err := w.note(ctx, "load"); err != nil {
		return nil, err
	}
	return w.Store.Load(ctx, id)
}

func (w *watchedStore) Save(ctx context.Context, id session.ID, r *driver.Record) error {
	if err := w.note(ctx, "save"); err != nil {
		return err
	}
	return w.Store.Save(ctx, id, r)
}

func (w *watchedStore) Touch(ctx context.Context, id session.ID, expires time.Time) error {
	if err := w.note(ctx, "touch"); err != nil {
		return err
	}
	return w.Store.Touch(ctx, id, expires)
}

func (w *watchedStore) Delete(ctx context.Context, id session.ID) error {
	if err := w.note(ctx, "delete"); err != nil {
		return err
	}
	return w.Store.Delete(ctx, id)
}

// Describe makes it a store that can be slow: calls get a timeout.
func (w *watchedStore) Describe() driver.Description {
	return driver.Description{Kind: "watched"}
}
