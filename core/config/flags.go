package config

import (
	"flag"
	"strings"
)

// definition is one setting: its flag, its environment variables, and where
// its value lives in a Config.
type definition struct {
	flag  string
	env   []string // without the app's prefix; the first that is set counts; nil: the flag's name
	usage string
	value func(*Config) flag.Value
}

// definitions are all settings, in the order in which they are shown.
var definitions = []definition{
	{"mode", nil, "what the process is run for, a `mode`: development, production or test",
		func(c *Config) flag.Value { return (*word)(&c.Mode) }},
	{"secret-key", nil, "`key` that signs the cookies, the same on every worker, 32 bytes or more; the process list shows flags: better set it in the environment or in a file; default: a random one for this start",
		func(c *Config) flag.Value { return (*secret)(&c.SecretKey) }},
	{"secret-key-fallbacks", nil, "earlier `keys`, separated by commas, whose cookies are still accepted",
		func(c *Config) flag.Value { return (*secrets)(&c.SecretKeyFallbacks) }},
	{"redis-url", []string{"SESSION_REDIS_URL", "REDIS_URL", "CACHE_REDIS_URL"}, "`URL` of the Redis that keeps the sessions, such as redis://127.0.0.1:6379/0",
		func(c *Config) flag.Value { return (*secretURL)(&c.RedisURL) }},
	{"session-store", nil, "`store` of the sessions: redis, file, memory, or auto: memory in test mode, redis when there is a Redis URL, else file",
		func(c *Config) flag.Value { return (*word)(&c.Store) }},
	{"session-fallback", nil, "`store` to use when Redis cannot be reached at start: file; default: none, the start fails",
		func(c *Config) flag.Value { return (*word)(&c.Fallback) }},
	{"session-dir", nil, "`folder` of the file store; default: a private one of this app below the user's cache folder",
		func(c *Config) flag.Value { return (*text)(&c.Dir) }},
	{"session-migrate-from", nil, "`URL` of the store that sessions are brought over from, as they are asked for, while the app changes its store: a Redis URL, with ?prefix= where it has another one, or file:///folder",
		func(c *Config) flag.Value { return (*secretURL)(&c.MigrateFrom) }},
	{"session-file-sync", nil, "have the file store wait until the disk has each change of a session (fsync), so that it outlives a power failure, for some milliseconds a change",
		func(c *Config) flag.Value { return (*boolean)(&c.FileSync) }},
	{"session-prefix", nil, "`text` that every Redis key begins with",
		func(c *Config) flag.Value { return (*text)(&c.Prefix) }},
	{"session-redis-wait", nil, "`number` of Redis replicas that must acknowledge each change of a session, for one more round trip (WAIT); 0: off",
		func(c *Config) flag.Value { return (*number)(&c.RedisWait) }},
	{"session-memory-limit", nil, "most `bytes` that all sessions of the memory store may take",
		func(c *Config) flag.Value { return (*number)(&c.MemoryLimit) }},
	{"session-lifetime", nil, "`duration` after which a session ends, used or not, such as 24h",
		func(c *Config) flag.Value { return (*duration)(&c.Lifetime) }},
	{"session-anonymous-lifetime", nil, "`duration` after which a session ends in which nobody is logged in, such as 2h, also where the app asks for more; 0: that of the others",
		func(c *Config) flag.Value { return (*duration)(&c.AnonymousLifetime) }},
	{"session-idle-timeout", nil, "`duration` without a request after which a session ends, such as 30m; 0: off",
		func(c *Config) flag.Value { return (*duration)(&c.IdleTimeout) }},
	{"session-timeout", nil, "longest `duration` to wait for the store, such as 2s",
		func(c *Config) flag.Value { return (*duration)(&c.Timeout) }},
	{"session-on-outage", nil, "what a request gets that asks for its session while the store cannot be reached, a `policy`: refuse (an error, 503) or anonymous (an empty session that takes no changes)",
		func(c *Config) flag.Value { return (*word)(&c.OnOutage) }},
	{"session-max-size", nil, "most `bytes` that one session may hold",
		func(c *Config) flag.Value { return (*number)(&c.MaxRecordSize) }},
	{"session-max-per-user", nil, "most `sessions` that a user may have: at a login the oldest end; 0: any number",
		func(c *Config) flag.Value { return (*number)(&c.MaxPerUser) }},
	{"session-cookie-name", nil, "`name` of the session cookie; default: __Host-session in production where the cookie has the path / and no domain and may be Secure, else session",
		func(c *Config) flag.Value { return (*text)(&c.Cookie.Name) }},
	{"session-cookie-domain", nil, "`domain` of the session cookie; default: the host that set it alone",
		func(c *Config) flag.Value { return (*text)(&c.Cookie.Domain) }},
	{"session-cookie-path", nil, "`path` of the session cookie",
		func(c *Config) flag.Value { return (*text)(&c.Cookie.Path) }},
	{"session-cookie-secure", nil, "`when` the session cookie is Secure: true, false, or auto: in production and over TLS",
		func(c *Config) flag.Value { return (*word)(&c.Cookie.Secure) }},
	{"session-cookie-samesite", nil, "SameSite `attribute` of the session cookie: lax, strict or none",
		func(c *Config) flag.Value { return (*word)(&c.Cookie.SameSite) }},
	{"session-cookie-persist", nil, "keep the session cookie when the browser closes",
		func(c *Config) flag.Value { return (*negation)(&c.Cookie.UntilClosed) }},
	{"session-cookie-partitioned", nil, "keep a cookie of its own for each site that embeds this one (CHIPS)",
		func(c *Config) flag.Value { return (*boolean)(&c.Cookie.Partitioned) }},
	{"session-cookie-no-store", nil, "forbid caches to keep answers that set the session cookie",
		func(c *Config) flag.Value { return (*negation)(&c.Cookie.AllowCaching) }},
	{"session-token", []string{"SESSION_TOKEN_FROM"}, "`places` where a request may have the session's token, what counts first, separated by commas: cookie, bearer (the header Authorization), or header: and the name of one, such as header:X-Session",
		func(c *Config) flag.Value { return (*sources)(&c.TokenFrom) }},
	{"session-trust-proxy", nil, "believe the X-Forwarded-Proto header: for servers that only a proxy can reach",
		func(c *Config) flag.Value { return (*boolean)(&c.TrustProxy) }},
	{"workers", nil, "`number` of processes that share the sessions",
		func(c *Config) flag.Value { return (*number)(&c.Workers) }},
	{"session-audit", nil, "log a line for each login, logout and end of a session, with the user's name and the session's short id",
		func(c *Config) flag.Value { return (*boolean)(&c.Audit) }},
	{"debug-endpoints", nil, "serve the debug endpoints",
		func(c *Config) flag.Value { return (*boolean)(&c.DebugEndpoints) }},
	{"debug-token", nil, "bearer `token` that opens the debug endpoints to others than this machine; production requires one of 16 bytes or more, else it is derived from the secret key",
		func(c *Config) flag.Value { return (*secret)(&c.DebugToken) }},
	{"session-silence", nil, "`ids` of checks that are not to be reported, separated by commas",
		func(c *Config) flag.Value { return (*list)(&c.Silence) }},
	{configFlag, []string{"SESSION_CONFIG"}, "`file` with more of these settings, one \"name value\" a line, or JSON when it is called *.json",
		func(c *Config) flag.Value { return (*text)(&c.file) }},
}

const configFlag = "config"

// variables are the setting's environment variables, the first one first.
func (d definition) variables(prefix string) []string {
	names := d.env
	if names == nil {
		names = []string{strings.ToUpper(strings.ReplaceAll(d.flag, "-", "_"))}
	}
	if prefix == "" {
		return names
	}
	prefixed := make([]string, len(names))
	for i, name := range names {
		prefixed[i] = prefix + "_" + name
	}
	return prefixed
}

// title names the setting to somebody who wants to change it.
func (d definition) title(prefix string) string {
	return "--" + d.flag + " (" + environment(d.variables(prefix)) + ")"
}

func environment(variables []string) string {
	return "environment " + strings.Join(variables, ", ")
}

// lookup finds a setting by its flag.
func lookup(name string) (definition, bool) {
	for _, d := range definitions {
		if d.flag == name {
			return d, true
		}
	}
	return definition{}, false
}

// isSecret reports whether the value must not be shown.
func (d definition) isSecret() bool {
	switch d.value(new(Config)).(type) {
	case *secret, *secrets, *secretURL:
		return true
	}
	return false
}

// isBool reports whether the flag may stand without a value.
func isBool(v flag.Value) bool {
	b, ok := v.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}
