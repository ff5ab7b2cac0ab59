package memstore

import (
	"context"
	"crypto/rand"
	"errors"
	"iter"
	"sync"
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

const shards = 32

type shard struct {
	mu     sync.RWMutex
	closed bool
	items  map[driver.ID]packed
	users  map[driver.Owner]map[driver.ID]struct{}
	moved  map[driver.ID]move
	room   *room // the store's

	created uint // sessions
}

// packed is a record: 64 bytes instead of 184.
type packed struct {
	revision                   uint64
	created, deadline, expires int64 // Unix milliseconds
	idle                       time.Duration
	login                      *ownerInfo // nil for nobody in the default realm
	values                     driver.Values
}

// ownerInfo is what there is to say of somebody who is logged in.
type ownerInfo struct {
	driver.Owner
	label      string
	generation uint64
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

func (s *Store) shard(id driver.ID) *shard {
	return &s.shards[id[0]%shards]
}

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

// makeRoom sweeps a full store, at most once a second.
func (s *Store) makeRoom() bool {
	last, now := s.swept.Load(), time.Now().UnixNano()
	if now-last < int64(time.Second) || !s.swept.CompareAndSwap(last, now) {
		return false
	}
	removed, _ := s.Sweep(context.Background())
	return removed > 0
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

// Ping implements [driver.Pinger].
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.Load(ctx, driver.ID{})
	if errors.Is(err, driver.ErrNotFound) {
		return nil
	}
	return err
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

// Identify implements [driver.Identifier]. The origin was drawn when the store was
// made.
func (s *Store) Identify(ctx context.Context, _ driver.StoreID) (driver.StoreID, error) {
	return s.origin, s.Ping(ctx)
}

// Describe implements [driver.Describer].
func (s *Store) Describe() driver.Description {
	return driver.Description{Kind: "memory", Private: true}
}

// put stores the next revision of r in the place of current, if ok.
func (sh *shard) put(ctx context.Context, id driver.ID, current packed, ok bool, r *driver.Record, now time.Time) error {
	next := pack(r, current.login)
	next.revision = r.Next()
	was := &current
	if !ok {
		was = nil
	}
	if err := sh.room.take(ctx, was, &next); err != nil {
		return err
	}
	if ok && next.login == current.login { // the index stays as it is
		sh.items[id] = next
	} else {
		if ok {
			sh.unlink(id, current)
		}
		sh.link(id, next)
	}
	r.Revision = r.Next()
	if !ok {
		sh.sweepSome(now)
	}
	return nil
}

func (sh *shard) remove(id driver.ID, item packed) {
	sh.room.free(&item)
	sh.unlink(id, item)
}

// link and unlink put an item into the maps and take it out.
func (sh *shard) link(id driver.ID, item packed) {
	sh.items[id] = item
	if item.user() == "" {
		return
	}
	ids := sh.users[item.login.Owner]
	if ids == nil {
		ids = map[driver.ID]struct{}{}
		sh.users[item.login.Owner] = ids
	}
	ids[id] = struct{}{}
}

func (sh *shard) unlink(id driver.ID, item packed) {
	delete(sh.items, id)
	if item.user() == "" {
		return
	}
	if ids := sh.users[item.login.Owner]; ids != nil {
		if delete(ids, id); len(ids) == 0 {
			delete(sh.users, item.login.Owner)
		}
	}
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

// pack makes an item of the record. login is that of the item which it
// replaces, and stays when it is the same.
func pack(r *driver.Record, login *ownerInfo) packed {
	item := packed{
		revision: r.Revision,
		created:  r.Created.UnixMilli(),
		deadline: r.Deadline.UnixMilli(),
		expires:  r.Expires.UnixMilli(),
		idle:     r.Idle,
		values:   r.Values,
	}
	switch next := (ownerInfo{r.Owner(), r.Label, r.Generation}); {
	case next.Owner == driver.Owner{} && next.label == "":
	case login != nil && *login == next:
		item.login = login
	default:
		item.login = &ownerInfo{next.Owner, next.label, next.generation}
	}
	return item
}

func (it packed) record() *driver.Record {
	r := &driver.Record{
		Revision: it.revision,
		Created:  time.UnixMilli(it.created),
		Deadline: time.UnixMilli(it.deadline),
		Expires:  time.UnixMilli(it.expires),
		Idle:     it.idle,
		Values:   it.values,
	}
	if it.login != nil {
		r.User, r.Realm = it.login.User, it.login.Realm
		r.Label, r.Generation = it.login.label, it.login.generation
	}
	return r
}

func (it packed) user() string {
	if it.login == nil {
		return ""
	}
	return it.login.User
}

func (it packed) expired(now time.Time) bool {
	return now.UnixMilli() >= it.expires
}
