package memstore

import (
	"context"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// A store is locked in parts, by the first byte of an id.
const shards = 32

// shard is a part of the sessions, with its part of the index.
type shard struct {
	mu     sync.RWMutex
	closed bool
	items  map[driver.ID]packed
	users  map[driver.Owner]map[driver.ID]struct{}
	moved  map[driver.ID]move
	room   *room // the store's

	created uint // sessions
}

func (s *Store) shard(id driver.ID) *shard {
	return &s.shards[id[0]%shards]
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
