package redis

import (
	"context"
	"errors"
	"iter"
	"sync"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// scanCount is how many keys Redis looks at for one SCAN: about 80 us of its
// time, in which nobody else is served.
const scanCount = 100

// All implements [driver.Lister], by SCAN: Redis answers others in between.
// It remembers the ids it has yielded, about 50 bytes for each.
func (s *Store) All(ctx context.Context) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		for ids, err := range s.pages(ctx, "list") {
			var entries []driver.Entry
			if err == nil {
				entries, err = s.loadAll(ctx, ids)
			}
			if err == nil {
				entries, err = s.dropEnded(ctx, entries)
			}
			if err != nil {
				yield(driver.Entry{}, err)
				return
			}
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// Count implements [driver.Lister]. It counts keys and loads nothing, so that
// sessions that were revoked count until their records are removed.
func (s *Store) Count(ctx context.Context) (n int, exact bool, err error) {
	for ids, err := range s.pages(ctx, "count") {
		switch {
		case err == nil:
			n += len(ids)
		case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
			return n, false, nil
		default:
			return n, false, err
		}
	}
	return n, true, nil
}

// pages yields the ids of all sessions, each once, as many at a time as one
// SCAN finds. An error ends it.
func (s *Store) pages(ctx context.Context, op string) iter.Seq2[[]driver.ID, error] {
	return func(yield func([]driver.ID, error) bool) {
		if err := s.begin(ctx); err != nil {
			yield(nil, err)
			return
		}
		nodes, err := s.nodes(ctx)
		if err != nil {
			yield(nil, s.fail(ctx, op, err))
			return
		}
		seen := map[driver.ID]struct{}{} // SCAN may give a key twice
		for _, node := range nodes {
			for ids, err := range s.scanNode(ctx, op, node, seen) {
				if !yield(ids, err) || err != nil {
					return
				}
			}
		}
	}
}

func (s *Store) scanNode(ctx context.Context, op string, node goredis.Cmdable, seen map[driver.ID]struct{}) iter.Seq2[[]driver.ID, error] {
	return func(yield func([]driver.ID, error) bool) {
		var cursor uint64
		for {
			// The client heeds the deadline of a context, but not its cancellation.
			if err := s.begin(ctx); err != nil {
				yield(nil, err)
				return
			}
			keys, next, err := node.Scan(ctx, cursor, s.pattern(), scanCount).Result()
			if err != nil {
				yield(nil, s.fail(ctx, op, err))
				return
			}
			if ids := s.unseen(keys, seen); len(ids) > 0 && !yield(ids, nil) {
				return
			}
			if cursor = next; cursor == 0 {
				return
			}
		}
	}
}

// unseen picks the sessions among keys that have not been seen yet.
func (s *Store) unseen(keys []string, seen map[driver.ID]struct{}) []driver.ID {
	var ids []driver.ID
	for _, key := range keys {
		id, ok := s.idOf(key)
		if _, twice := seen[id]; ok && !twice {
			seen[id] = struct{}{}
			ids = append(ids, id)
		}
	}
	return ids
}

// nodes returns a client for each server that holds sessions.
func (s *Store) nodes(ctx context.Context) ([]goredis.Cmdable, error) {
	var mu sync.Mutex
	var nodes []goredis.Cmdable
	add := func(_ context.Context, node *goredis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		nodes = append(nodes, node)
		return nil
	}
	var err error
	switch client := s.client.(type) {
	case *goredis.ClusterClient:
		err = client.ForEachMaster(ctx, add)
	case *goredis.Ring:
		err = client.ForEachShard(ctx, add)
	default:
		nodes = append(nodes, client)
	}
	return nodes, err
}

// loadAll loads the sessions that are there, in one round trip to each node.
func (s *Store) loadAll(ctx context.Context, ids []driver.ID) (entries []driver.Entry, err error) {
	pipe := s.client.Pipeline()
	answers := make([]*goredis.StringCmd, len(ids))
	for i, id := range ids {
		answers[i] = pipe.Get(ctx, s.key(id))
	}
	pipe.Exec(ctx) // each answer has its own error
	entries = make([]driver.Entry, 0, len(ids))
	for i, id := range ids {
		text, err := answers[i].Result()
		r, err := s.decode(ctx, "list", id, text, err)
		switch {
		case err == nil:
			entries = append(entries, driver.Entry{ID: id, Record: r})
		case !errors.Is(err, driver.ErrNotFound):
			return nil, err
		}
	}
	return entries, nil
}

// dropEnded leaves out what was revoked, in one round trip to each node.
func (s *Store) dropEnded(ctx context.Context, entries []driver.Entry) ([]driver.Entry, error) {
	answers := map[driver.Owner]*goredis.StringCmd{}
	pipe := s.client.Pipeline()
	for _, e := range entries {
		if o := e.Record.Owner(); !o.IsNobody() && answers[o] == nil {
			answers[o] = pipe.Get(ctx, s.endedKey(o.Tag()))
		}
	}
	if len(answers) == 0 {
		return entries, nil
	}
	pipe.Exec(ctx) // each answer has its own error
	live := entries[:0]
	for _, e := range entries {
		if answer := answers[e.Record.Owner()]; answer != nil {
			err := answer.Err()
			if err != nil && !errors.Is(err, goredis.Nil) && !wrongType(err) {
				return nil, s.fail(ctx, "list", err)
			}
			if _, err := unless(parseRevocation(answer.Val()), e.ID, e.Record); err != nil {
				continue
			}
		}
		live = append(live, e)
	}
	return live, nil
}
