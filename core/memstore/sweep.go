package memstore

import (
	"context"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// makeRoom sweeps a full store, at most once a second.
func (s *Store) makeRoom() bool {
	last, now := s.swept.Load(), time.Now().UnixNano()
	if now-last < int64(time.Second) || !s.swept.CompareAndSwap(last, now) {
		return false
	}
	removed, _ := s.Sweep(context.Background())
	return removed > 0
}

// Sweep implements [driver.Sweeper].
func (s *Store) Sweep(ctx context.Context) (removed int, err error) {
	for i := range s.shards {
		if err := ctx.Err(); err != nil {
			return removed, err
		}
		sh := &s.shards[i]
		sh.mu.Lock()
		closed := sh.closed
		removed += sh.sweep(time.Now())
		sh.mu.Unlock()
		if closed {
			return removed, driver.ErrClosed
		}
	}
	s.ended.sweep(time.Now())
	return removed, nil
}

func (sh *shard) sweep(now time.Time) (removed int) {
	for id, item := range sh.items {
		if item.expired(now) {
			sh.remove(id, item)
			removed++
		}
	}
	sh.forgetMoves(now)
	return removed
}

// sweepSome looks at sixteen sessions for every eight created, picked by the
// map's random order: expired ones go about as fast as new ones come, and no
// request pays for a whole sweep.
func (sh *shard) sweepSome(now time.Time) {
	if sh.created++; sh.created%8 != 0 {
		return
	}
	looked := 0
	for id, item := range sh.items {
		if item.expired(now) {
			sh.remove(id, item)
		}
		if looked++; looked == 16 {
			return
		}
	}
}
