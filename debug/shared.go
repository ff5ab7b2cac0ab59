package debug

import (
	"context"
	"sync"
	"time"
)

// What the store said is told to all who ask within maxAge. That it failed is
// old news sooner, so that a store that is back shows.
const (
	maxAge        = 3 * time.Second
	maxAgeFailing = time.Second
)

// shared is a question that costs the store something. It is under way once at
// a time, and its answer kept for a while, so that the store pays the same
// however many look. Whoever asked first may leave: the others wait on.
type shared[T any] struct {
	ask func() (answer T, failed bool)

	mu   sync.Mutex
	last *asking[T]
}

// asking is one time that the question was put.
type asking[T any] struct {
	done   chan struct{} // closed when the rest is there
	answer T
	at     time.Time
	expiry time.Time
}

// begin puts the question, unless it is under way or the last answer will do.
func (s *shared[T]) begin() *asking[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last != nil && !s.last.stale() {
		return s.last
	}
	a := &asking[T]{done: make(chan struct{})}
	s.last = a
	go func() {
		defer close(a.done)
		answer, failed := s.ask()
		a.answer, a.at = answer, time.Now()
		a.expiry = a.at.Add(maxAge)
		if failed {
			a.expiry = a.at.Add(maxAgeFailing)
		}
	}()
	return a
}

func (a *asking[T]) stale() bool {
	select {
	case <-a.done:
		return !time.Now().Before(a.expiry)
	default:
		return false
	}
}

// wait returns the answer and how old it is. ok is false when ctx ended first.
func (a *asking[T]) wait(ctx context.Context) (answer T, age time.Duration, ok bool) {
	select {
	case <-a.done:
	case <-ctx.Done():
		select {
		case <-a.done: // at the same moment
		default:
			return answer, 0, false
		}
	}
	return a.answer, time.Since(a.at), true
}
