package session

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/worker"
)

var _ worker.Registry = (*MemoryStore)(nil)

// memoryWorkers is who has announced itself: this process, and in tests
// several managers on one store.
type memoryWorkers struct {
	mu     sync.Mutex
	closed bool
	known  map[string]memoryWorker
}

type memoryWorker struct {
	info    json.RawMessage
	expires time.Time
}

// Announce implements [worker.Registry]. The store has no clock of its own.
func (s *MemoryStore) Announce(ctx context.Context, id string, info json.RawMessage, ttl time.Duration) (time.Time, error) {
	return time.Time{}, s.workers.use(ctx, func(known map[string]memoryWorker, now time.Time) {
		known[id] = memoryWorker{bytes.Clone(info), now.Add(ttl)}
	})
}

// Withdraw implements [worker.Registry].
func (s *MemoryStore) Withdraw(ctx context.Context, id string) error {
	return s.workers.use(ctx, func(known map[string]memoryWorker, _ time.Time) { delete(known, id) })
}

// Workers implements [worker.Registry].
func (s *MemoryStore) Workers(ctx context.Context) (map[string]json.RawMessage, error) {
	var live map[string]json.RawMessage
	err := s.workers.use(ctx, func(known map[string]memoryWorker, _ time.Time) {
		live = make(map[string]json.RawMessage, len(known))
		for id, w := range known {
			live[id] = bytes.Clone(w.info)
		}
	})
	return live, err
}

// use does something with the workers that are known, after those that have
// expired were forgotten.
func (w *memoryWorkers) use(ctx context.Context, do func(known map[string]memoryWorker, now time.Time)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ErrClosed
	}
	if w.known == nil {
		w.known = map[string]memoryWorker{}
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

func (w *memoryWorkers) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed, w.known = true, nil
}
