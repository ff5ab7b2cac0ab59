package check_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

var storeExamples = []example{
	{id: "store-unreachable", name: "redis", change: func(f *check.Facts) { f.Store.Err = errors.New("connection refused") }, found: true,
		words: []string{"redis at redis.internal:6379/0", "connection refused", "correct --redis-url (REDIS_URL)"}},
	{id: "store-unreachable", name: "file", from: onFiles, change: func(f *check.Facts) { f.Store.Err = errors.New("no space left on device") }, found: true,
		words: []string{"/var/lib/shop/sessions", "no space left", "--session-dir (SESSION_DIR)"}},
	{id: "store-unreachable", name: "another kind", change: func(f *check.Facts) { f.Store = check.Store{Kind: "sql", Err: errors.New("gone")} }, found: true},

	{id: "store-unreachable", name: "hangs", change: func(f *check.Facts) { f.Store.Err = fmt.Errorf("too slow: %w", context.DeadlineExceeded) }, found: true,
		words: []string{"-h redis.internal -p 6379 --latency", "SLOWLOG GET"}},

	{id: "store-refuses", name: "lacks a right", change: refusal("NOPERM", "grant the user of the worker all that the documentation of stores/redis lists"), found: true,
		words: []string{"redis at redis.internal:6379/0", "answers, and refuses: redis store: ping: NOPERM User kit", "grant the user"}},
	{id: "store-refuses", name: "the URL", change: refusal("WRONGPASS", "the password in the URL is wrong"), found: true, words: []string{"the password in --redis-url (REDIS_URL) is wrong"}},
	{id: "store-refuses", name: "full", change: all(refusal("OOM", ""), fact("maxmemory", "", "used_memory", "")), found: true,
		words: []string{"INFO memory", "CONFIG SET maxmemory BYTES"}},
	{id: "store-refuses", name: "full, by its own word", change: all(refusal("OOM", ""), fact("maxmemory", "1048576", "used_memory", "1048577")), also: []string{"redis-full"}},
	{id: "store-refuses", name: "replica", change: refusal("READONLY", ""), found: true, words: []string{"redis+sentinel://"}},
	{id: "store-refuses", name: "replica, by its own word", change: all(refusal("READONLY", ""), fact("role", "slave")), also: []string{"redis-replica"}},
	{id: "store-refuses", name: "another store", change: func(f *check.Facts) {
		refusal("42501", "")(f)
		f.Store.Kind = "sql"
	}, found: true},

	{id: "store-slow", name: "80 ms", change: func(f *check.Facts) { f.Store.Latency = 80 * time.Millisecond }, found: true, words: []string{"80ms", "50ms"}},
	{id: "store-slow", name: "50 ms", change: func(f *check.Facts) { f.Store.Latency = 50 * time.Millisecond }},

	{id: "store-private", name: "the workers setting", from: onMemory, change: settings(func(c *config.Config) { c.Workers = 3 }), found: true,
		words: []string{"--workers (WORKERS) says 3", "--session-store (SESSION_STORE) to file", "--redis-url"}},
	{id: "store-private", name: "two on one memory", from: onMemory, change: func(f *check.Facts) { f.Workers = append(f.Workers, onRedis().Workers[1]) }},
	{id: "store-private", name: "one worker", from: onMemory},

	{id: "store-memory", name: "production", from: onMemory, change: settings(func(c *config.Config) { c.Mode = config.Production }), found: true, words: []string{"each start"}},

	{id: "memory-anonymous", name: "many", from: onMemory, change: inMemory("limit", "1000", "limit_bytes", "268435456", "anonymous_sessions", "501", "anonymous_bytes", "1048576"), found: true,
		words: []string{"in 501 sessions", "1.0 MiB: it may hold 1000, and 256.0 MiB", "set --session-anonymous-lifetime (SESSION_ANONYMOUS_LIFETIME) to 1h0m0s, it is 24h0m0s", "--session-memory-limit (SESSION_MEMORY_LIMIT) to 536870912"}},
	{id: "memory-anonymous", name: "large ones", from: onMemory, change: all(inMemory("limit", "1000", "limit_bytes", "1000", "anonymous_sessions", "5", "anonymous_bytes", "501"),
		settings(func(c *config.Config) { c.AnonymousLifetime = time.Minute })), found: true, words: []string{"limit how often a client"}},
	{id: "memory-anonymous", name: "half", from: onMemory, change: inMemory("limit", "1000", "limit_bytes", "1000", "anonymous_sessions", "500", "anonymous_bytes", "500")},
	{id: "memory-anonymous", name: "who is logged in", from: onMemory, change: inMemory("limit", "1000", "limit_bytes", "1000", "sessions", "999", "bytes", "999", "anonymous_sessions", "1", "anonymous_bytes", "1")},
	{id: "memory-anonymous", name: "another store", change: fact("limit", "1", "limit_bytes", "1", "anonymous_sessions", "1", "anonymous_bytes", "1")},

	{id: "store-fallback", name: "files instead", from: onFiles, change: settings(func(c *config.Config) {
		c.Store, c.RedisURL, c.Fallback = config.StoreAuto, config.NewSecret("redis://h"), config.StoreFile
	}), found: true, words: []string{"/var/lib/shop/sessions", "--session-fallback"}},
	{id: "store-fallback", name: "files wanted", from: onFiles, change: settings(func(c *config.Config) { c.RedisURL = config.NewSecret("redis://h") })},

	{id: "session-limit-index", name: "a store of the app's own", change: all(settings(func(c *config.Config) { c.MaxPerUser = 5 }), func(f *check.Facts) { f.Store.Kind, f.Store.NoUsers = "*sqlstore.Store", true }), found: true,
		words: []string{"--session-max-per-user (SESSION_MAX_PER_USER) is 5", "*sqlstore.Store", "driver.UserIndex"}},
	{id: "session-limit-index", name: "no limit", change: func(f *check.Facts) { f.Store.NoUsers = true }},
	{id: "session-limit-index", name: "an index", change: settings(func(c *config.Config) { c.MaxPerUser = 5 })},

	{id: "store-unchecked", name: "CONFIG refused", change: func(f *check.Facts) {
		delete(f.Store.Facts, "save")
		f.Store.Facts["aof_enabled"] = "0"
		f.Store.Unchecked = map[string]string{"save": "NOPERM no CONFIG", "maxmemory": "no INFO", "role": "no INFO"}
	}, found: true, words: []string{"could not be checked: maxmemory, role (no INFO); save (NOPERM no CONFIG)", "--session-silence (SESSION_SILENCE): store-unchecked"}},

	{id: "cookie-foreign-key", name: "some", change: func(f *check.Facts) { f.Rejections["foreign-key"] = seen(4) }, found: true, words: []string{"4 requests (the last one 12 min ago)", "24h0m0s"}},
	{id: "cookie-foreign-key", name: "without a key", change: all(secretKey(""), func(f *check.Facts) { f.Rejections["foreign-key"] = check.Recent{Count: 1} }),
		found: true, also: []string{"secret-key-missing"}, words: []string{"1 request (less than a minute ago)", "openssl rand"}},
	{id: "cookie-foreign-key", name: "memory, nothing configured", from: onMemory,
		change: all(secretKey(""), func(f *check.Facts) { f.Rejections["foreign-key"] = check.Recent{Count: 1} }),
		found:  true, also: []string{"secret-key-missing"},
		words: []string{"made by another worker's private store", "--session-store (SESSION_STORE) to file", "and set --secret-key (SECRET_KEY) to", "the same on every worker"}},
	{id: "cookie-foreign-store", name: "redis", change: func(f *check.Facts) { f.Rejections["foreign-store"] = seen(7) }, found: true,
		words: []string{"7 requests", "made on another store", "--redis-url (REDIS_URL)", "--session-prefix (SESSION_PREFIX)"}},
	{id: "cookie-foreign-store", name: "file", from: onFiles, change: func(f *check.Facts) { f.Rejections["foreign-store"] = seen(7) }, found: true,
		words: []string{"give every worker the same --session-dir (SESSION_DIR); for workers on several machines"}},
	{id: "cookie-foreign-store", name: "memory", from: onMemory, change: func(f *check.Facts) { f.Rejections["foreign-store"] = seen(7) }, found: true,
		words: []string{"made by another worker's private store", "7 requests", "--session-store (SESSION_STORE) to file"}},
	{id: "cookie-bad-signature", name: "some", change: func(f *check.Facts) { f.Rejections["bad-signature"] = seen(2) }, found: true, words: []string{"2 requests", "nothing to mend"}},
}

// inMemory are facts of a memory store, which has none by itself.
func inMemory(pairs ...string) func(*check.Facts) {
	return func(f *check.Facts) {
		f.Store.Facts = map[string]string{}
		fact(pairs...)(f)
	}
}

// refusal has the store answer with an error.
func refusal(code, advice string) func(*check.Facts) {
	return func(f *check.Facts) {
		f.Store.Err = fmt.Errorf("redis store: ping: %w", &check.Refusal{Code: code, Advice: advice, Err: errors.New(code + " User kit may not do this")})
	}
}
