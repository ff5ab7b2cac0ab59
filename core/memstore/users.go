package memstore

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// ByUser implements [driver.UserIndex].
func (s *Store) ByUser(ctx context.Context, o driver.Owner) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		for entry, err := range s.entries(ctx, func(sh *shard, yield func(driver.ID, packed)) {
			for id := range sh.users[o] {
				yield(id, sh.items[id])
			}
		}) {
			if err == nil {
				entry.Record.Values = driver.Values{}
			}
			if !yield(entry, err) {
				return
			}
		}
	}
}

// Index implements [driver.UserIndex]: this index is never lost.
func (s *Store) Index(ctx context.Context, _ driver.ID, _ *driver.Record) error { return s.Ping(ctx) }

// Revoke implements [driver.UserIndex].
func (s *Store) Revoke(ctx context.Context, o driver.Owner, keep []driver.Entry) (kept []driver.ID, err error) {
	if err := s.Ping(ctx); err != nil || o.IsNobody() {
		return nil, err
	}
	return s.ended.add(o, keep), nil
}

// RemoveRevoked implements [driver.UserIndex].
func (s *Store) RemoveRevoked(ctx context.Context, o driver.Owner, most int) (removed int, more bool, err error) {
	if err := s.Ping(ctx); err != nil || o.IsNobody() {
		return 0, false, err
	}
	now := time.Now()
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.Lock()
		for id := range sh.users[o] {
			item := sh.items[id]
			if !s.ended.ends(id, item) {
				continue
			}
			if removed == most {
				sh.mu.Unlock()
				return removed, true, nil
			}
			sh.remove(id, item)
			if !item.expired(now) {
				removed++
			}
		}
		sh.mu.Unlock()
	}
	return removed, false, nil
}

// Remove implements [driver.Remover].
func (s *Store) Remove(ctx context.Context, ids []driver.ID) (removed int, err error) {
	if err := s.Ping(ctx); err != nil {
		return 0, err
	}
	now := time.Now()
	for _, id := range ids {
		sh := s.shard(id)
		sh.mu.Lock()
		if item, ok := sh.items[id]; ok {
			sh.remove(id, item)
			if !item.expired(now) && !s.ended.ends(id, item) {
				removed++
			}
		}
		sh.mu.Unlock()
	}
	return removed, nil
}

// revocations are the owners whose sessions were ended.
type revocations struct {
	any atomic.Bool // there are some: most stores never have one, and take no lock
	mu  sync.RWMutex
	all map[driver.Owner]revocation
}

type revocation struct {
	driver.Revocation
	until time.Time
}

func (rs *revocations) of(o driver.Owner) driver.Revocation {
	if !rs.any.Load() || o.IsNobody() {
		return driver.Revocation{}
	}
	rs.mu.RLock()
	defer rs.mu.RUnlock()
	return rs.all[o].Revocation
}

func (rs *revocations) add(o driver.Owner, keep []driver.Entry) (kept []driver.ID) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	now := time.Now()
	next, ok := rs.all[o].Next(now, keep)
	if !ok {
		return nil
	}
	if rs.all == nil {
		rs.all = map[driver.Owner]revocation{}
	}
	rs.all[o] = revocation{next, now.Add(driver.RevocationTTL)}
	rs.any.Store(true)
	return next.Kept
}

// ends reports whether the session was ended with others of its owner.
func (rs *revocations) ends(id driver.ID, item packed) bool {
	return item.login != nil && rs.of(item.login.Owner).Ends(id, item.login.generation)
}

// check returns the item's record, unless it was ended.
func (rs *revocations) check(id driver.ID, item packed) (*driver.Record, error) {
	r := item.record()
	if item.login == nil {
		return r, nil
	}
	rv := rs.of(item.login.Owner)
	if rv.Ends(id, r.Generation) {
		return nil, driver.ErrNotFound
	}
	r.Generation = max(r.Generation, rv.Generation)
	return r, nil
}

func (rs *revocations) sweep(now time.Time) {
	if !rs.any.Load() {
		return
	}
	rs.mu.Lock()
	defer rs.mu.Unlock()
	for o, rv := range rs.all {
		if !now.Before(rv.until) {
			delete(rs.all, o)
		}
	}
}
