package memstore

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

var _ driver.Registry = (*Store)(nil)

// workers is who has announced itself: this process, and in tests
// several managers on one store.
type workers struct {
	mu     sync.Mutex
	closed bool
	known  map[string]registered
}

type registered struct {
	info    json.RawMessage
	expires time.Time
}

// Announce implements [driver.Registry]. The store has no clock of its own.
func (s *Store) Announce(ctx context.Context, id string, info json.RawMessage, ttl time.Duration) (time.Time, error) {
	return time.Time{}, s.workers.use(ctx, func(known map[string]registered, now time.Time) {
		known[id] = registered{bytes.Clone(info), now.Add(ttl)}
	})
}

// Withdraw implements [driver.Registry].
func (s *Store) Withdraw(ctx context.Context, id string) error {
	return s.workers.use(ctx, func(known map[string]registered, _ time.Time) { delete(known, id) })
}

// Workers implements [driver.Registry].
func (s *Store) Workers(ctx context.Context) (map[string]json.RawMessage, error) {
	var live map[string]json.RawMessage
	err := s.workers.use(ctx, func(known map[string]registered, _ time.Time) {
		live = make(map[string]json.RawMessage, len(known))
		for id, w := range known {
			live[id] = bytes.Clone(w.info)
		}
	})
	return live, err
}

// use does something with the workers that are known, after those that have
// expired were forgotten.
func (w *workers) use(ctx context.Context, do func(known map[string]registered, now time.Time)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return driver.ErrClosed
	}
	if w.known == nil {
		w.known = map[string]registered{}
	}
	now := time.Now()
	for id, one := range w.known {
		if !now.Before(one.expires) {
			delete(w.known, id)
		}
	}
	do(w.known, now)
	return nil
}

func (w *workers) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed, w.known = true, nil
}
