package session

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"github.com/gosessionkit/sessionkit/core/config"
)

// Config is that of Fiber's session middleware, and a little more.
type Config struct {
	// Expiration is how long a session lasts after its last Save. Default 24
	// hours.
	Expiration time.Duration

	// Storage has the sessions from before: a browser whose cookie leads to one
	// of them keeps it. New sessions are not in it, but on its client where it is
	// gofiber/storage/redis and the environment names no store.
	Storage fiber.Storage

	// KeyLookup is "cookie:<name>" or "header:<name>". Default
	// "cookie:session_id". New panics for "query:<name>": what is in an address is
	// in logs and in Referer headers too.
	KeyLookup string

	CookieDomain      string
	CookiePath        string
	CookieSecure      bool
	CookieHTTPOnly    bool
	CookieSameSite    string // default "Lax"
	CookieSessionOnly bool   // the cookie goes when the browser is closed

	// KeyGenerator is not used: ids are the kit's, of 128 random bits.
	KeyGenerator func() string

	// CookieName is an older way to say "cookie:<name>".
	//
	// Deprecated: use KeyLookup.
	CookieName string

	// RenewOn are keys that say who somebody is: when one of them changes, Save
	// gives the session a new id, as Regenerate does. Default: none, as Fiber has
	// Regenerate for it.
	RenewOn []string

	// Counters are keys whose numbers count up and down by one, so that no step
	// is lost when several requests count at a time, beside keys that say so
	// themselves, such as "count" or "login_attempts".
	Counters []string

	// StorageUntil is when Storage is asked for the last time; zero: as long as
	// it is set.
	StorageUntil time.Time

	// DebugEndpoints turns on what [Store.Debug] serves, as the environment
	// (DEBUG_ENDPOINTS) can too.
	DebugEndpoints bool

	// Configure changes the configuration after the environment and the fields
	// above were read. nil: it is taken as it is.
	Configure func(*config.Config)

	source Source
	name   string
}

// Source is where the session's token is in a request.
type Source string

// The sources that Fiber has.
const (
	SourceCookie   Source = "cookie"
	SourceHeader   Source = "header"
	SourceURLQuery Source = "query"
)

// ConfigDefault is what New has without a Config.
var ConfigDefault = Config{
	Expiration:   24 * time.Hour,
	KeyLookup:    "cookie:session_id",
	KeyGenerator: utils.UUIDv4,
	source:       SourceCookie,
	name:         "session_id",
}

// withDefaults panics for a KeyLookup that makes no sense.
func withDefaults(given []Config) Config {
	if len(given) == 0 {
		return ConfigDefault
	}
	cfg := given[0]
	if cfg.Expiration < time.Second {
		cfg.Expiration = ConfigDefault.Expiration
	}
	if cfg.CookieName != "" {
		cfg.KeyLookup = "cookie:" + cfg.CookieName
	}
	if cfg.KeyLookup == "" {
		cfg.KeyLookup = ConfigDefault.KeyLookup
	}
	if cfg.KeyGenerator != nil {
		slog.Info("session: KeyGenerator is not used: ids are the kit's, of 128 random bits")
	} else {
		cfg.KeyGenerator = ConfigDefault.KeyGenerator
	}
	source, name, ok := strings.Cut(cfg.KeyLookup, ":")
	cfg.source, cfg.name = Source(source), name
	switch {
	case !ok || name == "" || strings.Contains(name, ":"):
		panic("[session] KeyLookup must in the form of <source>:<name>")
	case cfg.source == SourceURLQuery:
		panic(fmt.Sprintf("[session] KeyLookup %q: a session's token does not belong into addresses, which are in logs and in Referer headers: use \"cookie:%s\" or \"header:%s\"", cfg.KeyLookup, name, name))
	case cfg.source != SourceCookie && cfg.source != SourceHeader:
		panic("[session] source is not supported")
	}
	return cfg
}
