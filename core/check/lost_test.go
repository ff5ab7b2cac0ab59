package check_test

import (
	"maps"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
)

func storeFacts(facts map[string]string) func(*check.Facts) {
	return func(f *check.Facts) { maps.Copy(f.Store.Facts, facts) }
}

var lostExamples = []example{
	{id: "migration-done", name: "a lifetime", change: storeFacts(map[string]string{"moves_from": "file at /var/lib/shop/sessions", "moved": "7", "moved_seconds": "86401"}),
		found: true, words: []string{"(file at /var/lib/shop/sessions) for 24h0m1s", "--session-migrate-from (SESSION_MIGRATE_FROM)"}},
	{id: "migration-done", name: "not yet", change: storeFacts(map[string]string{"moved_seconds": "86400"})},
	{id: "sessions-lost", name: "evicted", change: all(storeFacts(map[string]string{"maxmemory": "100", "used_memory": "50", "maxmemory_policy": "allkeys-lru", "evicted_keys": "9"})),
		found: true, also: []string{"redis-evicts"}, words: []string{"3 requests", "has thrown out 9 keys", "CONFIG SET maxmemory-policy noeviction"}},
	{id: "sessions-lost", name: "started anew", change: storeFacts(map[string]string{"uptime_seconds": "60", "aof_enabled": "0", "save": ""}),
		found: true, also: []string{"redis-no-persistence"}, words: []string{"started anew 1m0s ago", "CONFIG SET appendonly yes"}},
	{id: "sessions-lost", name: "started anew, and it has kept what it had", change: storeFacts(map[string]string{"uptime_seconds": "60"})},
	{id: "sessions-lost", name: "started before the worker", change: storeFacts(map[string]string{"uptime_seconds": "3601", "aof_enabled": "0", "save": ""}), also: []string{"redis-no-persistence"}},
	{id: "sessions-lost", name: "emptied", change: storeFacts(map[string]string{"emptied_seconds": "90"}), found: true, words: []string{"was emptied 1m30s ago", "FLUSHALL"}},
	{id: "sessions-lost", name: "a folder cleaned up", from: onFiles, change: storeFacts(map[string]string{"emptied_seconds": "90", "cleaned": "yes"}),
		found: true, also: []string{"file-temporary"}, words: []string{"(file at /var/lib/shop/sessions) was emptied", "set --session-dir"}},
	{id: "sessions-lost", name: "nobody has come", change: all(storeFacts(map[string]string{"emptied_seconds": "90"}), func(f *check.Facts) {
		f.Rejections = map[string]check.Recent{"expired": {Count: 9, Ago: time.Second}}
	})},
}
