package check_test

import (
	"github.com/gosessionkit/sessionkit/core/check"
)

var redisExamples = []example{
	{id: "redis-no-password", name: "over the network", change: fact("password", "no"), found: true, words: []string{"redis.internal:6379/0", "requirepass", "--redis-url"}},
	{id: "redis-no-password", name: "loopback", change: fact("password", "no", "tls", "no", "loopback", "yes")},
	{id: "redis-no-password", name: "another store", from: onFiles, change: fact("password", "no", "tls", "no", "loopback", "no", "role", "slave", "version", "3.0.0")},

	{id: "redis-no-tls", name: "over the network", change: fact("tls", "no"), found: true, words: []string{"unencrypted", "rediss://"}},

	{id: "redis-evicts", name: "allkeys", change: fact("maxmemory_policy", "allkeys-lru", "maxmemory", "104857600", "evicted_keys", "31"), found: true,
		words: []string{"allkeys-lru", "100.0 MiB", "31 keys removed", "CONFIG SET maxmemory-policy noeviction"}},
	{id: "redis-evicts", name: "volatile", change: fact("maxmemory_policy", "volatile-ttl", "maxmemory", "104857600"), found: true},
	{id: "redis-evicts", name: "limit not known", change: fact("maxmemory_policy", "volatile-lru", "maxmemory", ""), found: true},
	{id: "redis-evicts", name: "no limit", change: fact("maxmemory_policy", "allkeys-lru")},

	{id: "redis-refuses", name: "a limit", change: fact("maxmemory", "104857600"), found: true, words: []string{"100.0 MiB", "50.0 MiB now"}},

	{id: "redis-no-persistence", name: "neither", change: fact("aof_enabled", "0", "save", ""), found: true, words: []string{"CONFIG SET appendonly yes"}},
	{id: "redis-no-persistence", name: "snapshots", change: fact("aof_enabled", "0")},
	{id: "redis-no-persistence", name: "append-only file", change: fact("save", "")},
	{id: "redis-no-persistence", name: "not known", change: func(f *check.Facts) {
		f.Store.Facts["aof_enabled"] = "0"
		delete(f.Store.Facts, "save")
	}},

	{id: "redis-replica", name: "read-only", change: fact("role", "slave", "replica_read_only", "yes"), found: true, words: []string{"replica", "refuses every change", "redis+sentinel://"}},
	{id: "redis-replica", name: "writable", change: fact("role", "replica", "replica_read_only", "no"), found: true, words: []string{"loses them"}},

	{id: "redis-memory", name: "95 %", change: fact("used_memory", "99614720", "maxmemory", "104857600"), found: true, also: []string{"redis-refuses"},
		words: []string{"95.0 MiB of 100.0 MiB, 95 %", "CONFIG SET maxmemory 209715200"}},
	{id: "redis-memory", name: "90 %", change: fact("used_memory", "90", "maxmemory", "100", "maxmemory_policy", "")},

	{id: "redis-old", name: "6.0", change: fact("version", "6.0.16"), found: true, words: []string{"6.0.16", "6.2"}},
	{id: "redis-old", name: "5", change: fact("version", "5.0"), found: true},
	{id: "redis-old", name: "6.2", change: fact("version", "6.2.0")},
	{id: "redis-old", name: "unreadable", change: fact("version", "unstable.x")},
	{id: "redis-old", name: "not known", change: fact("version", "")},
}
