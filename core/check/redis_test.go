package check_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

var redisExamples = []example{
	{id: "redis-no-password", name: "over the network", change: fact("password", "no"), found: true, words: []string{"redis.internal:6379/0", "requirepass", "--redis-url"}},
	{id: "redis-no-password", name: "loopback", change: fact("password", "no", "tls", "no", "loopback", "yes")},
	{id: "redis-no-password", name: "another store", from: onFiles, change: fact("password", "no", "tls", "no", "loopback", "no", "role", "slave", "version", "3.0.0")},

	{id: "redis-no-tls", name: "over the network", change: fact("tls", "no"), found: true, words: []string{"unencrypted", "rediss://"}},

	{id: "redis-skip-verify", name: "the client", change: fact("tls_verified", "no"), found: true, words: []string{"redis.internal:6379/0 is not checked", "skip_verify", "--redis-url (REDIS_URL)"}},
	{id: "redis-skip-verify", name: "the URL alone", change: redisURL("rediss://:hidden@h/?skip_verify=true"), found: true},
	{id: "redis-skip-verify", name: "Sentinels", change: redisURL("rediss+sentinel://h:1,i:2/mymaster?db=0&skip_verify=1"), found: true},
	{id: "redis-skip-verify", name: "off", change: redisURL("rediss://h/?skip_verify=false")},
	{id: "redis-skip-verify", name: "the client checks", change: all(redisURL("rediss://h/?skip_verify=true"), fact("tls_verified", "yes"))},
	{id: "redis-skip-verify", name: "files", from: onFiles, change: redisURL("rediss://h/?skip_verify=true")},

	{id: "redis-evicts", name: "allkeys", change: fact("maxmemory_policy", "allkeys-lru", "maxmemory", "104857600", "evicted_keys", "31"), found: true, also: []string{"sessions-lost"},
		words: []string{"allkeys-lru", "100.0 MiB", "31 keys removed", "run: redis-cli --tls --askpass -h redis.internal -p 6379 CONFIG SET maxmemory-policy noeviction && redis-cli --tls --askpass -h redis.internal -p 6379 CONFIG REWRITE"}},
	{id: "redis-evicts", name: "volatile", change: fact("maxmemory_policy", "volatile-ttl", "maxmemory", "104857600"), found: true},
	{id: "redis-evicts", name: "limit not known", change: fact("maxmemory_policy", "volatile-lru", "maxmemory", ""), found: true},
	{id: "redis-evicts", name: "full", change: fact("maxmemory_policy", "volatile-lru", "maxmemory", "104857600", "used_memory", "125829120", "evicted_keys", "1"), found: true, also: []string{"redis-memory", "sessions-lost"},
		words: []string{"; 1 key removed", "CONFIG SET maxmemory 251658240 && ", "CONFIG SET maxmemory-policy noeviction && "}},
	{id: "redis-evicts", name: "no limit", change: fact("maxmemory_policy", "allkeys-lru")},

	{id: "redis-refuses", name: "a limit", change: fact("maxmemory", "104857600"), found: true, words: []string{"100.0 MiB", "50.0 MiB now", "shorten --session-anonymous-lifetime (SESSION_ANONYMOUS_LIFETIME), which is 24h0m0s"}},
	{id: "redis-refuses", name: "visitors go soon", change: all(fact("maxmemory", "104857600"), settings(func(c *config.Config) { c.AnonymousLifetime = time.Hour })), found: true,
		words: []string{"shorten --session-lifetime (SESSION_LIFETIME)"}},

	{id: "redis-full", name: "beyond the limit", change: fact("maxmemory", "1048576", "used_memory", "1363149"), found: true,
		words: []string{"refuses to store sessions now", "1.3 MiB of 1.0 MiB", "-h redis.internal -p 6379 CONFIG SET maxmemory 2726298 && ", "CONFIG REWRITE", "or shorten --session-anonymous-lifetime"}},
	{id: "redis-full", name: "at the limit", change: fact("maxmemory", "1048576", "used_memory", "1048576"), found: true},
	{id: "redis-full", name: "below it", change: fact("maxmemory", "1048576", "used_memory", "1048575"), also: []string{"redis-memory", "redis-refuses"}},
	{id: "redis-full", name: "use not known", change: fact("maxmemory", "1048576", "used_memory", ""), also: []string{"redis-refuses"}},
	{id: "redis-full", name: "no limit", change: fact("maxmemory", "0")},

	{id: "redis-no-persistence", name: "neither", change: fact("aof_enabled", "0", "save", ""), found: true, words: []string{"CONFIG SET appendonly yes"}},
	{id: "redis-no-persistence", name: "snapshots", change: fact("aof_enabled", "0")},
	{id: "redis-no-persistence", name: "append-only file", change: fact("save", "")},
	{id: "redis-no-persistence", name: "not known", change: func(f *check.Facts) {
		f.Store.Facts["aof_enabled"] = "0"
		delete(f.Store.Facts, "save")
	}},

	{id: "redis-silent", name: "one of three", change: fact("silent_servers", "10.0.0.3:6379"), found: true, words: []string{"not 10.0.0.3:6379", "CLUSTER FAILOVER"}},
	{id: "redis-replica", name: "read-only", change: fact("role", "slave", "replica_read_only", "yes"), found: true, words: []string{"replica", "refuses every change", "redis+sentinel://"}},
	{id: "redis-replica", name: "writable", change: fact("role", "replica", "replica_read_only", "no"), found: true, words: []string{"loses them"}},

	{id: "redis-memory", name: "95 %", change: fact("used_memory", "99614720", "maxmemory", "104857600"), found: true, also: []string{"redis-refuses"},
		words: []string{"95.0 MiB of 100.0 MiB, 95 %", "CONFIG SET maxmemory 209715200", "-h redis.internal"}},
	{id: "redis-memory", name: "90 %", change: fact("used_memory", "90", "maxmemory", "100", "maxmemory_policy", "")},

	{id: "redis-old", name: "6.0", change: fact("version", "6.0.16"), found: true, words: []string{"6.0.16", "6.2"}},
	{id: "redis-old", name: "5", change: fact("version", "5.0"), found: true},
	{id: "redis-old", name: "6.2", change: fact("version", "6.2.0")},
	{id: "redis-old", name: "unreadable", change: fact("version", "unstable.x")},
	{id: "redis-old", name: "not known", change: fact("version", "")},
}

// A fix can be pasted: it goes to the store's own server, and no password is
// in it.
func TestRedisCommands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ address, tls, password, url, want string }{
		{"10.0.0.7:6380/2", "no", "no", "", "redis-cli -h 10.0.0.7 -p 6380 "},
		{"10.0.0.7:6380/2", "yes", "yes", "redis://h", "redis-cli --tls --askpass -h 10.0.0.7 -p 6380 "},
		{"10.0.0.7:6380/2", "", "", "rediss://kit:hunter2@h", "redis-cli --tls --askpass -h 10.0.0.7 -p 6380 "},
		{"10.0.0.7:6380/2", "no", "no", "rediss://kit:hunter2@h", "redis-cli -h 10.0.0.7 -p 6380 "},
		{"[::1]:6379/0", "no", "no", "", "redis-cli -h ::1 -p 6379 "},
		{"/run/redis/redis.sock/0", "no", "no", "", "redis-cli -s /run/redis/redis.sock "},
		{"a:7000,b:7000 (cluster)", "no", "yes", "", "redis-cli --askpass --cluster call a:7000 "},
		{"FailoverClient/0", "no", "no", "", "redis-cli -h HOST -p PORT "},
		{"", "no", "no", "", "redis-cli -h HOST -p PORT "},
		{"$(reboot):6379/0", "no", "no", "", "redis-cli -h HOST -p 6379 "},
		{"-x:6379/0", "no", "no", "", "redis-cli -h HOST -p 6379 "},
	} {
		f := onRedis()
		f.Config.RedisURL = config.NewSecret(c.url)
		f.Store.Address = c.address
		fact("tls", c.tls, "password", c.password, "aof_enabled", "0", "save", "")(&f)
		want := "run: " + c.want + "CONFIG SET appendonly yes && " + c.want + "CONFIG REWRITE"
		for _, finding := range check.Run(f) {
			if finding.ID == "redis-no-persistence" && !strings.HasPrefix(finding.Fix, want) {
				t.Errorf("%s: got %q, want %q", c.address, finding.Fix, want)
			}
		}
	}
}
