package config

import "time"

// Config holds every setting of the kit. The zero value means the defaults;
// [Config.WithDefaults] spells them out. It is a plain value: copy it freely,
// and do not change one that several goroutines use.
type Config struct {
	Mode               Mode          // default Development, Test inside "go test"
	SecretKey          Secret        // signs cookies; default: a random key for this start
	SecretKeyFallbacks []Secret      // verify cookies signed with an earlier key, never sign
	RedisURL           Secret        // secret because it may hold a password; default none
	Store              StoreKind     // default StoreAuto
	MigrateFrom        Secret        // where sessions come from that the store does not have: a Redis URL, or file:// and a folder; default none
	Fallback           StoreKind     // store to use when Redis cannot be reached at start; default none: the start fails
	Dir                string        // folder of the file store; default a private one of this app below the user's cache folder
	FileSync           bool          // the file store waits for the disk, so that changes outlive a power failure; default off
	Prefix             string        // of every Redis key; default "session:"
	RedisWait          int           // Redis replicas that must acknowledge each change; default 0
	MemoryLimit        int           // bytes that all sessions of the memory store may take; default 256 MiB
	Lifetime           time.Duration // absolute; default 24h
	AnonymousLifetime  time.Duration // the same while nobody is logged in, no more than Lifetime; default 0: that
	IdleTimeout        time.Duration // default 0: off
	Timeout            time.Duration // bounds each wait for the store; default 2s, a minute at most
	MaxRecordSize      int           // bytes; default 1 MiB
	MaxPerUser         int           // sessions that a user may have; at a login the oldest end; default 0: any number
	OnOutage           OutagePolicy  // default OutageRefuse
	Cookie             Cookie
	TokenFrom          []TokenSource // where requests have the session's token, what counts first; default TokenCookie
	TrustProxy         bool          // believe X-Forwarded-Proto
	Workers            int           // how many processes share the sessions, as far as known; default 1
	Audit              bool          // log each login, logout and end of a session; default off
	DebugEndpoints     bool          // serve the debug endpoints; default off
	DebugToken         Secret        // opens them to others than this machine; default: derived from SecretKey; Production mode requires one of 16 bytes or more
	Silence            []string      // ids of checks that are not to be reported; see package check

	chosenName string            // of the cookie, as WithDefaults chose it; another one is somebody else's choice
	file       string            // the configuration file that Parse read
	envPrefix  string            // of the environment variables, for messages
	origins    map[string]origin // what Parse found, by flag name

	misspellings []Misspelling
}

// DefaultCookieName is the session cookie's name unless told otherwise; in
// Production mode [HostPrefix] goes before it where [Cookie.TakesHostPrefix].
const DefaultCookieName = "session"

// Cookie holds the settings of the session cookie.
type Cookie struct {
	Name         string   // default "__Host-session" in Production mode where TakesHostPrefix, else "session"
	Domain       string   // default "": this host only
	Path         string   // default "/"
	Secure       Secure   // default SecureAuto
	SameSite     SameSite // default SameSiteLax
	UntilClosed  bool     // no Max-Age: the browser forgets the cookie when it closes
	Partitioned  bool     // CHIPS
	AllowCaching bool     // leave Cache-Control alone on answers that set the cookie
}
