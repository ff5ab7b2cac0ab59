package session

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
	"time"
)

// ByUser implements [UserIndex].
func (s *MemoryStore) ByUser(ctx context.Context, o Owner) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for entry, err := range s.entries(ctx, func(sh *memoryShard, yield func(ID, memoryItem)) {
			for id := range sh.users[o] {
				yield(id, sh.items[id])
			}
		}) {
			if err == nil {
				entry.Record.Values = Values{}
			}
			if !yield(entry, err) {
				return
			}
		}
	}
}

// Index implements [UserIndex]: this index is never lost.
func (s *MemoryStore) Index(ctx context.Context, _ ID, _ *Record) error { return s.Ping(ctx) }

// Revoke implements [UserIndex].
func (s *MemoryStore) Revoke(ctx context.Context, o Owner, keep []Entry) (kept []ID, err error) {
	if err := s.Ping(ctx); err != nil || o.IsNobody() {
		return nil, err
	}
	return s.ended.add(o, keep), nil
}

// RemoveRevoked implements [UserIndex].
func (s *MemoryStore) RemoveRevoked(ctx context.Context, o Owner, most int) (removed int, more bool, err error) {
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

// Remove implements [Remover].
func (s *MemoryStore) Remove(ctx context.Context, ids []ID) (removed int, err error) {
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

// memoryRevocations are the owners whose sessions were ended.
type memoryRevocations struct {
	any atomic.Bool // there are some: most stores never have one, and take no lock
	mu  sync.RWMutex
	all map[Owner]memoryRevocation
}

type memoryRevocation struct {
	Revocation
	until time.Time
}

func (rs *memoryRevocations) of(o Owner) Revocation {
	if !rs.any.Load() || o.IsNobody() {
		return Revocation{}
	}
	rs.mu.RLock()
	defer rs.mu.RUnlock()
	return rs.all[o].Revocation
}

func (rs *memoryRevocations) add(o Owner, keep []Entry) (kept []ID) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	now := time.Now()
	next, ok := rs.all[o].Next(now, keep)
	if !ok {
		return nil
	}
	if rs.all == nil {
		rs.all = map[Owner]memoryRevocation{}
	}
	rs.all[o] = memoryRevocation{next, now.Add(RevocationTTL)}
	rs.any.Store(true)
	return next.Kept
}

// ends reports whether the session was ended with others of its owner.
func (rs *memoryRevocations) ends(id ID, item memoryItem) bool {
	return item.login != nil && rs.of(item.login.Owner).Ends(id, item.login.generation)
}

// check returns the item's record, unless it was ended.
func (rs *memoryRevocations) check(id ID, item memoryItem) (*Record, error) {
	r := item.record()
	if item.login == nil {
		return r, nil
	}
	rv := rs.of(item.login.Owner)
	if rv.Ends(id, r.Generation) {
		return nil, ErrNotFound
	}
	r.Generation = max(r.Generation, rv.Generation)
	return r, nil
}

func (rs *memoryRevocations) sweep(now time.Time) {
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
