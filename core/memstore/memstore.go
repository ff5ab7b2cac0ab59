package memstore

import (
	"context"
	"crypto/rand"
	"errors"
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/opaque"
)

// Store keeps sessions in this process: for tests, and for apps that
// run as one process and may forget everyone at a restart. No other worker
// sees what is in it.
type Store struct {
	opaque.Inside
	*memory
}

// memory is what a Store holds, behind a pointer that fmt does not
// follow.
type memory struct {
	room    room
	swept   atomic.Int64 // when a full store was last swept, Unix nanoseconds
	origin  driver.StoreID
	shards  [shards]shard
	ended   revocations
	workers workers
}

// New returns an empty store for up to limit sessions, or
// [DefaultLimit] when limit is 0, which may take [DefaultBytes]
// unless an option says otherwise. A save beyond either answers ErrStoreFull;
// the last tenth of both is kept for who is logged in or logs in, and for
// renewals.
func New(limit int, options ...Option) *Store {
	if limit <= 0 {
		limit = DefaultLimit
	}
	s := &Store{memory: &memory{room: room{sessions: int64(limit), bytes: DefaultBytes}}}
	for _, option := range options {
		option(s)
	}
	rand.Read(s.origin[:])
	for i := range s.shards {
		s.shards[i].items = map[driver.ID]packed{}
		s.shards[i].users = map[driver.Owner]map[driver.ID]struct{}{}
		s.shards[i].room = &s.room
	}
	return s
}

var (
	_ driver.Store      = (*Store)(nil)
	_ driver.UserIndex  = (*Store)(nil)
	_ driver.Lister     = (*Store)(nil)
	_ driver.Pinger     = (*Store)(nil)
	_ driver.Sweeper    = (*Store)(nil)
	_ driver.Identifier = (*Store)(nil)
	_ driver.Describer  = (*Store)(nil)
	_ driver.Remover    = (*Store)(nil)
)

// Load implements [driver.Store].
func (s *Store) Load(ctx context.Context, id driver.ID) (*driver.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	sh := s.shard(id)
	sh.mu.RLock()
	item, ok := sh.items[id]
	closed := sh.closed
	sh.mu.RUnlock()
	now := time.Now()
	switch {
	case closed:
		return nil, driver.ErrClosed
	case !ok || item.expired(now):
		return nil, sh.whereTo(id, now)
	}
	return s.ended.check(id, item)
}

// Save implements [driver.Store].
func (s *Store) Save(ctx context.Context, id driver.ID, r *driver.Record) error {
	err := s.save(ctx, id, r)
	if errors.Is(err, driver.ErrStoreFull) && s.makeRoom() {
		err = s.save(ctx, id, r)
	}
	return err
}

func (s *Store) save(ctx context.Context, id driver.ID, r *driver.Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := time.Now()
	if rv := s.ended.of(r.Owner()); rv.Ends(id, r.Generation) {
		return &driver.RevokedError{Generation: rv.Generation}
	}
	sh := s.shard(id)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.closed {
		return driver.ErrClosed
	}
	current, ok := sh.items[id]
	live := ok && !current.expired(now)
	switch {
	case live && current.revision != r.Replaces(): // 0 is never stored
		return &driver.ConflictError{Current: current.record()}
	case r.Replaces() != 0 && !live:
		return driver.ErrGone
	}
	if r.Successor != (driver.ID{}) || !r.Expires.After(now) {
		if ok {
			sh.remove(id, current)
		}
		if r.Successor != (driver.ID{}) {
			sh.move(id, r.Successor, now)
		} else {
			r.Revision++
		}
		return nil
	}
	if r.KeepExpires && live {
		r.Expires = time.UnixMilli(current.expires)
	}
	return sh.put(ctx, id, current, ok, r, now)
}

// Touch implements [driver.Store].
func (s *Store) Touch(ctx context.Context, id driver.ID, expires time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sh := s.shard(id)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.closed {
		return driver.ErrClosed
	}
	item, ok := sh.items[id]
	if !ok || item.expired(time.Now()) {
		return driver.ErrNotFound
	}
	if at := expires.UnixMilli(); at > item.expires {
		item.expires = at
		sh.items[id] = item
	}
	return nil
}

// Delete implements [driver.Store].
func (s *Store) Delete(ctx context.Context, id driver.ID) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sh := s.shard(id)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.closed {
		return driver.ErrClosed
	}
	now := time.Now()
	item, ok := sh.items[id]
	if ok {
		sh.remove(id, item)
	}
	if move, ok := sh.moved[id]; ok && now.Before(move.until) {
		return &driver.RenewedError{Successor: move.to}
	}
	return nil
}

// Close implements [driver.Store]. What was stored is gone.
func (s *Store) Close() error {
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.Lock()
		sh.closed, sh.items, sh.users, sh.moved = true, nil, nil, nil
		sh.mu.Unlock()
	}
	s.workers.close()
	return nil
}

// Ping implements [driver.Pinger].
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.Load(ctx, driver.ID{})
	if errors.Is(err, driver.ErrNotFound) {
		return nil
	}
	return err
}

// Identify implements [driver.Identifier]. The origin was drawn when the store was
// made.
func (s *Store) Identify(ctx context.Context, _ driver.StoreID) (driver.StoreID, error) {
	return s.origin, s.Ping(ctx)
}

// Describe implements [driver.Describer].
func (s *Store) Describe() driver.Description {
	return driver.Description{Kind: "memory", Private: true}
}
