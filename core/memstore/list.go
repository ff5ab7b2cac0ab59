package memstore

import (
	"context"
	"iter"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// All implements [driver.Lister].
func (s *Store) All(ctx context.Context) iter.Seq2[driver.Entry, error] {
	return s.entries(ctx, func(sh *shard, yield func(driver.ID, packed)) {
		for id, item := range sh.items {
			yield(id, item)
		}
	})
}

// entries yields the live ones of what pick picks, shard by shard, each
// copied first so that no lock is held while the caller works.
func (s *Store) entries(ctx context.Context, pick func(*shard, func(driver.ID, packed))) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		for i := range s.shards {
			if err := ctx.Err(); err != nil {
				yield(driver.Entry{}, err)
				return
			}
			sh := &s.shards[i]
			var found []driver.Entry
			now := time.Now()
			sh.mu.RLock()
			closed := sh.closed
			pick(sh, func(id driver.ID, item packed) {
				if item.expired(now) {
					return
				}
				if r, err := s.ended.check(id, item); err == nil {
					found = append(found, driver.Entry{ID: id, Record: r})
				}
			})
			sh.mu.RUnlock()
			if closed {
				yield(driver.Entry{}, driver.ErrClosed)
				return
			}
			for _, e := range found {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// Count implements [driver.Lister].
func (s *Store) Count(ctx context.Context) (n int, exact bool, err error) {
	now := time.Now()
	for i := range s.shards {
		if ctx.Err() != nil {
			return n, false, nil
		}
		sh := &s.shards[i]
		sh.mu.RLock()
		closed := sh.closed
		for id, item := range sh.items {
			if !item.expired(now) && !s.ended.ends(id, item) {
				n++
			}
		}
		sh.mu.RUnlock()
		if closed {
			return 0, false, driver.ErrClosed
		}
	}
	return n, true, nil
}
