package session

import (
	"context"
	"crypto/rand"
	"errors"
	"iter"
	"sync"
	"sync/atomic"
	"time"
)

// MemoryStore keeps sessions in this process: for tests, and for apps that
// run as one process and may forget everyone at a restart. No other worker
// sees what is in it.
type MemoryStore struct {
	inside
	*memory
}

// memory is what a MemoryStore holds, behind a pointer that fmt does not
// follow.
type memory struct {
	room    memoryRoom
	swept   atomic.Int64 // when a full store was last swept, Unix nanoseconds
	origin  Origin
	shards  [memoryShards]memoryShard
	ended   memoryRevocations
	workers memoryWorkers
}

const memoryShards = 32

type memoryShard struct {
	mu     sync.RWMutex
	closed bool
	items  map[ID]memoryItem
	users  map[Owner]map[ID]struct{}
	moved  map[ID]memoryMove
	room   *memoryRoom // the store's

	created uint // sessions
}

// memoryItem is a Record packed: 64 bytes instead of 184.
type memoryItem struct {
	revision                   uint64
	created, deadline, expires int64 // Unix milliseconds
	idle                       time.Duration
	login                      *memoryLogin // nil for nobody in the default realm
	values                     Values
}

// memoryLogin is what there is to say of somebody who is logged in.
type memoryLogin struct {
	Owner
	label      string
	generation uint64
}

// NewMemoryStore returns an empty store for up to limit sessions, or
// [DefaultMemoryLimit] when limit is 0, which may take [DefaultMemoryBytes]
// unless an option says otherwise. A save beyond either answers ErrStoreFull;
// the last tenth of both is kept for who is logged in or logs in, and for
// renewals.
func NewMemoryStore(limit int, options ...MemoryOption) *MemoryStore {
	if limit <= 0 {
		limit = DefaultMemoryLimit
	}
	s := &MemoryStore{memory: &memory{room: memoryRoom{sessions: int64(limit), bytes: DefaultMemoryBytes}}}
	for _, option := range options {
		option(s)
	}
	rand.Read(s.origin[:])
	for i := range s.shards {
		s.shards[i].items = map[ID]memoryItem{}
		s.shards[i].users = map[Owner]map[ID]struct{}{}
		s.shards[i].room = &s.room
	}
	return s
}

var (
	_ Store      = (*MemoryStore)(nil)
	_ UserIndex  = (*MemoryStore)(nil)
	_ Lister     = (*MemoryStore)(nil)
	_ Pinger     = (*MemoryStore)(nil)
	_ Sweeper    = (*MemoryStore)(nil)
	_ Identifier = (*MemoryStore)(nil)
	_ Describer  = (*MemoryStore)(nil)
	_ Remover    = (*MemoryStore)(nil)
)

func (s *MemoryStore) shard(id ID) *memoryShard {
	return &s.shards[id[0]%memoryShards]
}

// Load implements [Store].
func (s *MemoryStore) Load(ctx context.Context, id ID) (*Record, error) {
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
		return nil, ErrClosed
	case !ok || item.expired(now):
		return nil, sh.whereTo(id, now)
	}
	return s.ended.check(id, item)
}

// Save implements [Store].
func (s *MemoryStore) Save(ctx context.Context, id ID, r *Record) error {
	err := s.save(ctx, id, r)
	if errors.Is(err, ErrStoreFull) && s.makeRoom() {
		err = s.save(ctx, id, r)
	}
	return err
}

// makeRoom sweeps a full store, at most once a second.
func (s *MemoryStore) makeRoom() bool {
	last, now := s.swept.Load(), time.Now().UnixNano()
	if now-last < int64(time.Second) || !s.swept.CompareAndSwap(last, now) {
		return false
	}
	removed, _ := s.Sweep(context.Background())
	return removed > 0
}

func (s *MemoryStore) save(ctx context.Context, id ID, r *Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := time.Now()
	if rv := s.ended.of(r.Owner()); rv.Ends(id, r.Generation) {
		return &RevokedError{rv.Generation}
	}
	sh := s.shard(id)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.closed {
		return ErrClosed
	}
	current, ok := sh.items[id]
	live := ok && !current.expired(now)
	switch {
	case r.Revision == 0 && live, r.Revision != 0 && live && current.revision != r.Revision:
		return &ConflictError{Current: current.record()}
	case r.Revision != 0 && !live:
		return ErrGone
	}
	if r.Successor != (ID{}) || !r.Expires.After(now) {
		if ok {
			sh.remove(id, current)
		}
		if r.Successor != (ID{}) {
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

// Touch implements [Store].
func (s *MemoryStore) Touch(ctx context.Context, id ID, expires time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sh := s.shard(id)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.closed {
		return ErrClosed
	}
	item, ok := sh.items[id]
	if !ok || item.expired(time.Now()) {
		return ErrNotFound
	}
	if at := expires.UnixMilli(); at > item.expires {
		item.expires = at
		sh.items[id] = item
	}
	return nil
}

// Delete implements [Store].
func (s *MemoryStore) Delete(ctx context.Context, id ID) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sh := s.shard(id)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.closed {
		return ErrClosed
	}
	now := time.Now()
	item, ok := sh.items[id]
	if ok {
		sh.remove(id, item)
	}
	if move, ok := sh.moved[id]; ok && now.Before(move.until) {
		return &RenewedError{move.to}
	}
	return nil
}

// Close implements [Store]. What was stored is gone.
func (s *MemoryStore) Close() error {
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.Lock()
		sh.closed, sh.items, sh.users, sh.moved = true, nil, nil, nil
		sh.mu.Unlock()
	}
	s.workers.close()
	return nil
}

// All implements [Lister].
func (s *MemoryStore) All(ctx context.Context) iter.Seq2[Entry, error] {
	return s.entries(ctx, func(sh *memoryShard, yield func(ID, memoryItem)) {
		for id, item := range sh.items {
			yield(id, item)
		}
	})
}

// entries yields the live ones of what pick picks, shard by shard, each
// copied first so that no lock is held while the caller works.
func (s *MemoryStore) entries(ctx context.Context, pick func(*memoryShard, func(ID, memoryItem))) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for i := range s.shards {
			if err := ctx.Err(); err != nil {
				yield(Entry{}, err)
				return
			}
			sh := &s.shards[i]
			var found []Entry
			now := time.Now()
			sh.mu.RLock()
			closed := sh.closed
			pick(sh, func(id ID, item memoryItem) {
				if item.expired(now) {
					return
				}
				if r, err := s.ended.check(id, item); err == nil {
					found = append(found, Entry{id, r})
				}
			})
			sh.mu.RUnlock()
			if closed {
				yield(Entry{}, ErrClosed)
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

// Count implements [Lister].
func (s *MemoryStore) Count(ctx context.Context) (n int, exact bool, err error) {
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
			return 0, false, ErrClosed
		}
	}
	return n, true, nil
}

// Ping implements [Pinger].
func (s *MemoryStore) Ping(ctx context.Context) error {
	_, err := s.Load(ctx, ID{})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Sweep implements [Sweeper].
func (s *MemoryStore) Sweep(ctx context.Context) (removed int, err error) {
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
			return removed, ErrClosed
		}
	}
	s.ended.sweep(time.Now())
	return removed, nil
}

// Identify implements [Identifier]. The origin was drawn when the store was
// made.
func (s *MemoryStore) Identify(ctx context.Context, _ Origin) (Origin, error) {
	return s.origin, s.Ping(ctx)
}

// Describe implements [Describer].
func (s *MemoryStore) Describe() Description {
	return Description{Kind: "memory", Private: true}
}

// put stores the next revision of r in the place of current, if ok.
func (sh *memoryShard) put(ctx context.Context, id ID, current memoryItem, ok bool, r *Record, now time.Time) error {
	next := pack(r, current.login)
	next.revision++
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
	r.Revision++
	if !ok {
		sh.sweepSome(now)
	}
	return nil
}

func (sh *memoryShard) remove(id ID, item memoryItem) {
	sh.room.free(&item)
	sh.unlink(id, item)
}

// link and unlink put an item into the maps and take it out.
func (sh *memoryShard) link(id ID, item memoryItem) {
	sh.items[id] = item
	if item.user() == "" {
		return
	}
	ids := sh.users[item.login.Owner]
	if ids == nil {
		ids = map[ID]struct{}{}
		sh.users[item.login.Owner] = ids
	}
	ids[id] = struct{}{}
}

func (sh *memoryShard) unlink(id ID, item memoryItem) {
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

func (sh *memoryShard) sweep(now time.Time) (removed int) {
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
func (sh *memoryShard) sweepSome(now time.Time) {
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
func pack(r *Record, login *memoryLogin) memoryItem {
	item := memoryItem{
		revision: r.Revision,
		created:  r.Created.UnixMilli(),
		deadline: r.Deadline.UnixMilli(),
		expires:  r.Expires.UnixMilli(),
		idle:     r.Idle,
		values:   r.Values,
	}
	switch next := (memoryLogin{r.Owner(), r.Label, r.Generation}); {
	case next.Owner == Owner{} && next.label == "":
	case login != nil && *login == next:
		item.login = login
	default:
		item.login = &memoryLogin{next.Owner, next.label, next.generation}
	}
	return item
}

func (it memoryItem) record() *Record {
	r := &Record{
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

func (it memoryItem) user() string {
	if it.login == nil {
		return ""
	}
	return it.login.User
}

func (it memoryItem) expired(now time.Time) bool {
	return now.UnixMilli() >= it.expires
}
