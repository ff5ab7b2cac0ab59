package session

import (
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/extractors"
	"github.com/gofiber/utils/v2"

	"github.com/gosessionkit/sessionkit/core/config"
)

// Config is that of Fiber's session middleware, and a little more.
type Config struct {
	// Storage has the sessions from before: a browser whose cookie leads to one
	// of them keeps it. New sessions are not in it, but on its client where it is
	// gofiber/storage/redis and the environment names no store.
	Storage fiber.Storage

	// Store is the one that the middleware uses. nil: a new one.
	Store *Store

	// Next leaves a request without a session where it reports true.
	Next func(c fiber.Ctx) bool

	// ErrorHandler answers where the session cannot be read or saved. Nothing has
	// been written by then. nil: [DefaultErrorHandler].
	ErrorHandler func(fiber.Ctx, error)

	// KeyGenerator is not used: ids are the kit's, of 128 random bits.
	KeyGenerator func() string

	CookieDomain   string
	CookiePath     string
	CookieSameSite string // default "Lax"; "None" makes the cookie Secure too

	// Extractor says where the session's token is: FromCookie, FromHeader or a
	// Chain of these. Default extractors.FromCookie("session_id"). NewStore panics
	// for any other source: from there a token would be in logs and in Referer
	// headers, or could not be given back.
	Extractor extractors.Extractor

	// IdleTimeout is how long a session lasts after its last use, which is noted
	// once a tenth of it has gone. Default 30 minutes.
	IdleTimeout time.Duration

	// AbsoluteTimeout is how long a session lasts whether it is used or not.
	// Default 0: 400 days, for which browsers keep a cookie at most (RFC 6265bis,
	// section 5.5). NewStore panics where it is shorter than IdleTimeout.
	AbsoluteTimeout time.Duration

	CookieSecure      bool
	CookieHTTPOnly    bool
	CookieSessionOnly bool // the cookie goes when the browser is closed

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
}

// ConfigDefault is what New has without a Config.
var ConfigDefault = Config{
	IdleTimeout:    30 * time.Minute,
	KeyGenerator:   utils.SecureToken,
	Extractor:      extractors.FromCookie("session_id"),
	CookieSameSite: "Lax",
}

// longest is how long browsers keep a cookie at most (RFC 6265bis, section 5.5).
const longest = 400 * 24 * time.Hour

// withDefaults panics for timeouts that make no sense.
func withDefaults(given []Config) Config {
	if len(given) == 0 {
		return ConfigDefault
	}
	cfg := given[0]
	if cfg.IdleTimeout <= 0 {
		cfg.IdleTimeout = ConfigDefault.IdleTimeout
	}
	if cfg.AbsoluteTimeout > 0 && cfg.AbsoluteTimeout < cfg.IdleTimeout {
		panic("[session] AbsoluteTimeout must be greater than or equal to IdleTimeout")
	}
	if cfg.Extractor.Extract == nil {
		cfg.Extractor = ConfigDefault.Extractor
	}
	if cfg.KeyGenerator == nil {
		cfg.KeyGenerator = ConfigDefault.KeyGenerator
	} else {
		slog.Info("session: KeyGenerator is not used: ids are the kit's, of 128 random bits")
	}
	if cfg.CookieSameSite == "" {
		cfg.CookieSameSite = ConfigDefault.CookieSameSite
	}
	return cfg
}

// lifetime is the kit's for the timeouts.
func (c *Config) lifetime() time.Duration {
	if c.AbsoluteTimeout > 0 {
		return c.AbsoluteTimeout
	}
	return max(longest, c.IdleTimeout)
}
