package redis

import (
	"context"
	"errors"
	"iter"
	"sync"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/session"
)

// scanCount is how many keys Redis looks at for one SCAN: about 80 us of its
// time, in which nobody else is served.
const scanCount = 100

// All implements [session.Lister], by SCAN: Redis answers others in between.
// It remembers the ids it has yielded, about 50 bytes for each.
func (s *Store) All(ctx context.Context) iter.Seq2[session.Entry, error] {
	return func(yield func(session.Entry, error) bool) {
		for ids, err := range s.pages(ctx, "list") {
			var entries []session.Entry
			if err == nil {
				entries, _, err = s.loadAll(ctx, "list", ids)
			}
			if err != nil {
				yield(session.Entry{}, err)
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

// Count implements [session.Lister]. It counts keys and loads nothing.
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
func (s *Store) pages(ctx context.Context, op string) iter.Seq2[[]session.ID, error] {
	return func(yield func([]session.ID, error) bool) {
		if err := s.begin(ctx); err != nil {
			yield(nil, err)
			return
		}
		nodes, err := s.nodes(ctx)
		if err != nil {
			yield(nil, s.fail(ctx, op, err))
			return
		}
		seen := map[session.ID]struct{}{} // SCAN may give a key twice
		for _, node := range nodes {
			for ids, err := range s.scanNode(ctx, op, node, seen) {
				if !yield(ids, err) || err != nil {
					return
				}
			}
		}
	}
}

func (s *Store) scanNode(ctx context.Context, op string, node goredis.Cmdable, seen map[session.ID]struct{}) iter.Seq2[[]session.ID, error] {
	return func(yield func([]session.ID, error) bool) {
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
func (s *Store) unseen(keys []string, seen map[session.ID]struct{}) []session.ID {
	var ids []session.ID
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

// loadAll loads sessions in one round trip to each node.
func (s *Store) loadAll(ctx context.Context, op string, ids []session.ID) (entries []session.Entry, missing []session.ID, err error) {
	if len(ids) == 0 {
		return nil, nil, nil
	}
	pipe := s.client.Pipeline()
	answers := make([]*goredis.StringCmd, len(ids))
	for i, id := range ids {
		answers[i] = pipe.Get(ctx, s.key(id))
	}
	pipe.Exec(ctx) // each answer has its own error
	entries = make([]session.Entry, 0, len(ids))
	for i, id := range ids {
		text, err := answers[i].Result()
		r, err := s.decode(ctx, op, id, text, err)
		switch {
		case err == nil:
			entries = append(entries, session.Entry{ID: id, Record: r})
		case errors.Is(err, session.ErrNotFound):
			missing = append(missing, id)
		default:
			return nil, nil, err
		}
	}
	return entries, missing, nil
}
