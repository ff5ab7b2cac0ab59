package main

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/tests/bench/app"
)

// How many sessions are weighed: the more, the less anything else counts.
const (
	weighedInRedis = 200
	weighedInHeap  = 100_000
)

// measureSize weighs a session with five small keys, of nobody in particular
// and of a user of its own: in Redis as MEMORY USAGE of all keys, an index
// included, in memory as what the live heap grows by.
func measureSize(ctx context.Context, _ *settings, list []app.Contender) (string, error) {
	rs, err := startRedis(ctx)
	if err != nil {
		return "", err
	}
	defer rs.stop()
	gen, err := start(ctx, otherCore, "generator")
	if err != nil {
		return "", err
	}
	defer gen.stop()
	t := newTable("bytes a session with five small keys", "router", "Redis", "logged in", "heap", "logged in")
	for _, c := range list {
		if c.Limit || c.Kit && c.Router != app.NetHTTP { // what is stored is the same on every router
			continue
		}
		row := t.row(c.Library, c.Router)
		for _, path := range smallSessions {
			stored, err := redisBytes(ctx, rs, gen, c, path)
			if err != nil {
				return "", err
			}
			row.add("%d", stored)
		}
		for _, path := range smallSessions {
			if c.Library == "gorilla" {
				row.add("")
				continue
			}
			heap, err := heapBytes(ctx, gen, c, path)
			if err != nil {
				return "", err
			}
			row.add("%d", heap)
		}
	}
	hash, err := hashBytes(ctx, rs)
	if err != nil {
		return "", err
	}
	t.row("a bare Redis hash of the same", "").add("%d", hash).add("").add("").add("")
	return t.String(), nil
}

// smallSessions are where sessions with five keys begin.
var smallSessions = [...]string{anonymous: "/small", loggedIn: "/smallmember"}

func redisBytes(ctx context.Context, rs *redisServer, gen *process, c app.Contender, path string) (int64, error) {
	st := app.Storage{Redis: rs.addr, DB: rs.db()}
	w, err := startWorker(ctx, c, st)
	if err != nil {
		return 0, err
	}
	defer w.stop()
	client := rs.client(st.DB)
	defer client.Close()
	if _, err := begin(gen, w.addr, path, 1); err != nil {
		return 0, err
	}
	before, err := usage(ctx, client)
	if err != nil {
		return 0, err
	}
	if _, err := begin(gen, w.addr, path, weighedInRedis); err != nil {
		return 0, err
	}
	after, err := usage(ctx, client)
	return (after - before) / weighedInRedis, err
}

// usage is the memory of all keys, their names included.
func usage(ctx context.Context, client *redis.Client) (sum int64, err error) {
	keys := client.Scan(ctx, 0, "", 1000).Iterator()
	for keys.Next(ctx) {
		n, err := client.MemoryUsage(ctx, keys.Val()).Result()
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, keys.Err()
}

// hashBytes is what the five keys take in the most compact way that Redis
// has, under a name as long as sessionkit's.
func hashBytes(ctx context.Context, rs *redisServer) (int64, error) {
	client := rs.client(rs.db())
	defer client.Close()
	const key = "session:0123456789abcdefghijkl"
	if err := client.HSet(ctx, key, app.Five()...).Err(); err != nil {
		return 0, err
	}
	if err := client.Expire(ctx, key, app.Lifetime).Err(); err != nil {
		return 0, err
	}
	return client.MemoryUsage(ctx, key).Result()
}

func heapBytes(ctx context.Context, gen *process, c app.Contender, path string) (int64, error) {
	w, err := startWorker(ctx, c, app.Storage{})
	if err != nil {
		return 0, err
	}
	defer w.stop()
	if _, err := begin(gen, w.addr, path, 100); err != nil { // whatever grows once has grown
		return 0, err
	}
	before, err := ask[int64](w.process, order{Do: "heap"})
	if err != nil {
		return 0, err
	}
	if _, err := begin(gen, w.addr, path, weighedInHeap); err != nil {
		return 0, err
	}
	after, err := ask[int64](w.process, order{Do: "heap"})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", c.Name(), err)
	}
	return (after - before) / weighedInHeap, nil
}
