package check

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

func redisRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:          "redis-no-password",
			Severity:    Warning,
			Title:       "Redis without a password",
			Description: "The worker reaches Redis over the network without logging in, so whoever reaches that address can read, change and end every session.",
			HowToSee:    "`redis-cli -h HOST ping` without a password answers `PONG`.",
		},
		find: redisNoPassword,
	}, {
		Rule: Rule{
			ID:          "redis-no-tls",
			Severity:    Warning,
			Title:       "Redis without TLS",
			Description: "The connection to Redis leaves this machine and is not encrypted: sessions and the password can be read on the way. In a private network that you trust, silence it.",
			HowToSee:    "The Redis URL begins with `redis://` instead of `rediss://`.",
		},
		find: redisNoTLS,
	}, {
		Rule: Rule{
			ID:       "redis-skip-verify",
			Severity: Warning,
			Title:    "Redis with TLS, and its certificate is not checked",
			Description: "The connection to Redis is encrypted, and whoever is at its other end is believed to be Redis: `skip_verify` is on, in the Redis URL or in the app's own client. " +
				"Who gets between the two can read and change every session and learns the password.",
			HowToSee: "The Redis URL has `skip_verify=true` in it, or the client's `TLSConfig` has `InsecureSkipVerify`.",
		},
		find: redisSkipVerify,
	}, {
		Rule: Rule{
			ID:       "redis-evicts",
			Severity: Warning,
			Title:    "Redis throws sessions out when it is full",
			Description: "Redis has a memory limit and a policy that removes keys when it is reached: live sessions go, and their users are logged out without a word. " +
				"All policies but `noeviction` do so; sessions have a time to live, so the `volatile-*` ones hit them first.",
			HowToSee: "`redis-cli -u \"$REDIS_URL\" CONFIG GET maxmemory-policy`; `redis-cli -u \"$REDIS_URL\" INFO stats | grep evicted_keys`.",
		},
		find: redisEvicts,
	}, {
		Rule: Rule{
			ID:       "redis-refuses",
			Severity: Info,
			Title:    "Redis refuses writes when it is full",
			Description: "Redis has a memory limit and the policy `noeviction`, which is the right one for sessions: none is ever thrown out. " +
				"When the limit is reached, though, new sessions and changes fail with a 503, logins among them, so watch the memory: `redis-full` is when that has come. " +
				"Visitors without an account can bring it about, see [flooding.md](flooding.md): Redis knows no room that is kept for logins.",
			HowToSee: "`redis-cli -u \"$REDIS_URL\" INFO memory | grep maxmemory`.",
		},
		find: redisRefuses,
	}, {
		Rule: Rule{
			ID:       "redis-full",
			Severity: Error,
			Title:    "Redis is full and refuses to store sessions",
			Description: "Redis uses as much memory as it may, and its policy `noeviction` has it refuse whatever takes more: logins and changes of sessions fail with a 503. " +
				"Sessions that are there can still be read.",
			HowToSee: "`redis-cli -u \"$REDIS_URL\" INFO memory`: `used_memory` is no less than `maxmemory`.",
		},
		find: redisFull,
	}, {
		Rule: Rule{
			ID:          "redis-no-persistence",
			Severity:    Warning,
			Title:       "Redis keeps nothing over a restart",
			Description: "Redis writes neither an append-only file nor snapshots. When it restarts every session is gone and everybody is logged out.",
			HowToSee:    "`redis-cli -u \"$REDIS_URL\" CONFIG GET appendonly` says `no` and `redis-cli -u \"$REDIS_URL\" CONFIG GET save` is empty.",
		},
		find: redisNoPersistence,
	}, {
		Rule: Rule{
			ID:          "redis-replica",
			Severity:    Error,
			Title:       "the Redis is a replica",
			Description: "The worker writes to a replica. A read-only one refuses every change, so nobody can log in; a writable one takes changes and loses them at its next synchronisation.",
			HowToSee:    "`redis-cli -u \"$REDIS_URL\" INFO replication | grep role` says `slave`.",
		},
		find: redisReplica,
	}, {
		Rule: Rule{
			ID:          "redis-memory",
			Severity:    Warning,
			Title:       "Redis is nearly full",
			Description: "Redis uses more than 90 % of its memory limit. At the limit it removes sessions or refuses changes, as its policy says.",
			HowToSee:    "`redis-cli -u \"$REDIS_URL\" INFO memory` shows `used_memory` and `maxmemory`.",
		},
		find: redisMemory,
	}, {
		Rule: Rule{
			ID:          "redis-old",
			Severity:    Warning,
			Title:       "an old Redis",
			Description: "The server is older than Redis 6.2. The commands that are sent exist for longer, yet nothing older is tested, and it gets no fixes for security holes any more.",
			HowToSee:    "`redis-cli -u \"$REDIS_URL\" INFO server | grep redis_version`.",
		},
		find: redisOld,
	}}
}

// redisFact is what Redis says of itself, "" for what is not known and for
// other stores.
func redisFact(f Facts, name string) string {
	if f.Store.Kind != "redis" {
		return ""
	}
	return f.Store.Facts[name]
}

// redisNumber is a fact that is a number, -1 when it is not known.
func redisNumber(f Facts, name string) int64 {
	n, err := strconv.ParseInt(redisFact(f, name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func redisNoPassword(f Facts) (message, fix string, found bool) {
	cli := redisCLI(f)
	return fmt.Sprintf("Redis at %s is reached over the network and wants no password", f.Store.Address),
		fmt.Sprintf("run: %s CONFIG SET requirepass PASSWORD && %s CONFIG REWRITE, with the output of: openssl rand -hex 32; and set %s to redis://:PASSWORD@HOST:6379/0",
			cli, strings.Replace(cli, "redis-cli", "redis-cli"+askpass, 1), setting(f, "redis-url")),
		redisFact(f, "loopback") == "no" && redisFact(f, "password") == "no"
}

func redisNoTLS(f Facts) (message, fix string, found bool) {
	return fmt.Sprintf("the connection to Redis at %s leaves this machine unencrypted", f.Store.Address),
		fmt.Sprintf("set %s to a rediss:// address; in a network that you trust silence it with %s: redis-no-tls", setting(f, "redis-url"), setting(f, "session-silence")),
		redisFact(f, "loopback") == "no" && redisFact(f, "tls") == "no"
}

func redisSkipVerify(f Facts) (message, fix string, found bool) {
	where := "Redis"
	if f.Store.Address != "" {
		where += " at " + f.Store.Address
	}
	verified := redisFact(f, "tls_verified")
	skips := verified == "no"
	if verified == "" && (f.Store.Kind == "redis" || f.Store.Kind == "") { // the client has told nothing
		skips = urlSkipsVerify(f.Config.RedisURL.Reveal())
	}
	return fmt.Sprintf("the certificate of %s is not checked: anybody in between can pass for it", where),
		fmt.Sprintf("take skip_verify out of %s, or InsecureSkipVerify out of the app's client; have the system trust the authority that signed the certificate (SSL_CERT_FILE names more)",
			setting(f, "redis-url")), skips
}

// urlSkipsVerify reports whether a Redis URL asks for TLS without a check of
// the certificate.
func urlSkipsVerify(raw string) bool {
	before, query, _ := strings.Cut(raw, "?")
	options, _ := url.ParseQuery(query)
	skips, err := strconv.ParseBool(options.Get("skip_verify"))
	return err == nil && skips && strings.HasPrefix(strings.ToLower(before), "rediss")
}

func redisEvicts(f Facts) (message, fix string, found bool) {
	policy, limit := redisFact(f, "maxmemory_policy"), redisNumber(f, "maxmemory")
	message = fmt.Sprintf("Redis removes live sessions when its memory is full: its policy is %s", policy)
	if limit > 0 {
		message += fmt.Sprintf(", its limit %s", mebibytes(limit))
	}
	if n := redisNumber(f, "evicted_keys"); n > 0 {
		message += fmt.Sprintf("; %s removed so far", plural(int(n), "key", "keys"))
	}
	evicts := strings.HasPrefix(policy, "allkeys-") || strings.HasPrefix(policy, "volatile-")
	settings := []string{"maxmemory-policy noeviction"}
	if nearlyFull(f) { // or it would refuse to store anything from then on
		settings = []string{"maxmemory " + moreBytes(f), settings[0]}
	}
	return message, setConfig(f, settings...) + "; a cache belongs into another Redis", evicts && limit != 0
}

func redisRefuses(f Facts) (message, fix string, found bool) {
	limit := redisNumber(f, "maxmemory")
	message = fmt.Sprintf("when Redis reaches its memory limit of %s it refuses to store sessions, with a 503 each", mebibytes(limit))
	if used := redisNumber(f, "used_memory"); used >= 0 {
		message += fmt.Sprintf("; it uses %s now", mebibytes(used))
	}
	return message, "have an alarm at 80 % of it; " + shorterLives(f) + "; silence this with " + setting(f, "session-silence") + ": redis-refuses",
		redisFact(f, "maxmemory_policy") == "noeviction" && limit > 0 && !atLimit(f)
}

func redisFull(f Facts) (message, fix string, found bool) {
	used, limit := redisNumber(f, "used_memory"), redisNumber(f, "maxmemory")
	return fmt.Sprintf("Redis refuses to store sessions now: it is full, and uses %s of %s", mebibytes(used), mebibytes(limit)),
		moreMemory(f),
		atLimit(f) && redisFact(f, "maxmemory_policy") == "noeviction"
}

func redisNoPersistence(f Facts) (message, fix string, found bool) {
	save, known := f.Store.Facts["save"]
	return "Redis writes nothing to disk: when it restarts, every session is gone",
		setConfig(f, "appendonly yes"),
		redisFact(f, "aof_enabled") == "0" && known && save == ""
}

func redisReplica(f Facts) (message, fix string, found bool) {
	role := redisFact(f, "role")
	what := "takes changes and loses them at its next synchronisation"
	if redisFact(f, "replica_read_only") == "yes" {
		what = "is read-only and refuses every change"
	}
	return fmt.Sprintf("Redis at %s is a replica: it %s", f.Store.Address, what),
		primaryFix(f),
		role == "slave" || role == "replica"
}

func primaryFix(f Facts) string {
	return fmt.Sprintf("set %s to the primary's address, or to redis+sentinel:// with the name of the primary", setting(f, "redis-url"))
}

// fullMemory is when Redis counts as nearly full.
const fullMemory = 0.9

func redisMemory(f Facts) (message, fix string, found bool) {
	used, limit := redisNumber(f, "used_memory"), redisNumber(f, "maxmemory")
	_, _, full := redisFull(f)
	return fmt.Sprintf("Redis uses %s of %s, %.0f %% of its memory limit", mebibytes(used), mebibytes(limit), 100*float64(used)/float64(limit)),
		"give it more, " + moreMemory(f),
		nearlyFull(f) && !full
}

func nearlyFull(f Facts) bool {
	used, limit := redisNumber(f, "used_memory"), redisNumber(f, "maxmemory")
	return limit > 0 && float64(used) > fullMemory*float64(limit)
}

func atLimit(f Facts) bool {
	used, limit := redisNumber(f, "used_memory"), redisNumber(f, "maxmemory")
	return limit > 0 && used >= limit
}

func redisOld(f Facts) (message, fix string, found bool) {
	version := redisFact(f, "version")
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return "", "", false
	}
	major, err1 := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(parts[1])
	old := major < 6 || major == 6 && minor < 2
	return fmt.Sprintf("Redis %s is old: nothing before 6.2 is tested, or mended any more", version),
		"upgrade Redis to 7 or later, or Valkey",
		err1 == nil && err2 == nil && old
}

func mebibytes(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }
