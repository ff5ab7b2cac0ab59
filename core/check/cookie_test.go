package check_test

import (
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

var cookieExamples = []example{
	{id: "cookie-not-secure", name: "production", change: cookie(func(c *config.Cookie) { c.Secure = config.SecureNever }), found: true,
		words: []string{"--session-cookie-secure (SESSION_COOKIE_SECURE) to auto"}},
	{id: "cookie-not-secure", name: "development", from: onMemory, change: cookie(func(c *config.Cookie) { c.Secure = config.SecureNever })},

	{id: "cookie-secure-http", name: "seen", change: func(f *check.Facts) { f.Observed.SecureOverHTTP = seen(40) }, found: true,
		words: []string{"40 requests", "plain http", "localhost", "--session-trust-proxy (SESSION_TRUST_PROXY)", "--mode (MODE) development"}},

	{id: "cookie-domain-wide", name: "country", change: cookie(func(c *config.Cookie) { c.Domain = ".co.uk" }), found: true, words: []string{`".co.uk"`, "--session-cookie-domain"}},
	{id: "cookie-domain-wide", name: "top level", change: cookie(func(c *config.Cookie) { c.Domain = "com" }), found: true},
	{id: "cookie-domain-wide", name: "host of apps", change: cookie(func(c *config.Cookie) { c.Domain = "Github.io" }), found: true},
	{id: "cookie-domain-wide", name: "own", from: onMemory, change: cookie(func(c *config.Cookie) { c.Domain = "shop.co.uk" })},
	{id: "cookie-domain-wide", name: "own app", from: onMemory, change: cookie(func(c *config.Cookie) { c.Domain = "shop.github.io" })},
	{id: "cookie-domain-wide", name: "address", from: onMemory, change: cookie(func(c *config.Cookie) { c.Domain = "192.0.2.1" })},

	{id: "cookie-lifetime", name: "500 days", change: settings(func(c *config.Config) { c.Lifetime = 500 * 24 * time.Hour }), found: true, words: []string{"500 days", "9600h"}},
	{id: "cookie-lifetime", name: "400 days", change: settings(func(c *config.Config) { c.Lifetime = 9600 * time.Hour })},
	{id: "cookie-lifetime", name: "until closed", change: settings(func(c *config.Config) { c.Lifetime, c.Cookie.UntilClosed = 10000*time.Hour, true })},

	{id: "cookie-duplicates", name: "some", change: func(f *check.Facts) { f.Observed.DuplicateCookies = seen(3) }, found: true, words: []string{"3 requests", "called __Host-session", "to a name of this app's own, such as __Host-session2"}},

	{id: "cookie-duplicates", name: "a name without the prefix", change: all(cookie(func(c *config.Cookie) { c.Name = "shop" }), func(f *check.Facts) { f.Observed.DuplicateCookies = seen(3) }), found: true,
		also: []string{"cookie-no-prefix"}, words: []string{"called shop", "to __Host-shop", "sessions go on"}},

	{id: "cookie-ambiguous", name: "some", change: func(f *check.Facts) { f.Rejections = map[string]check.Recent{"ambiguous": seen(3)} }, found: true, words: []string{"3 requests", "different sessions"}},

	{id: "cookie-no-prefix", name: "chosen", change: cookie(func(c *config.Cookie) { c.Name = "shop" }), found: true, words: []string{"called shop", "--session-cookie-name (SESSION_COOKIE_NAME) to __Host-shop"}},
	{id: "cookie-no-prefix", name: "the old default", change: cookie(func(c *config.Cookie) { c.Name, c.Secure = "session", config.SecureAlways }), found: true},
	{id: "cookie-no-prefix", name: "as browsers compare", change: cookie(func(c *config.Cookie) { c.Name = "__host-id" })},
	{id: "cookie-no-prefix", name: "development", from: onMemory, change: cookie(func(c *config.Cookie) { c.Name = "shop" })},

	{id: "cookie-many-hosts", name: "domain", change: cookie(func(c *config.Cookie) { c.Domain = "example.com" }), found: true, words: []string{`"example.com"`, "--session-cookie-domain (SESSION_COOKIE_DOMAIN)"}},
	{id: "cookie-many-hosts", name: "path", change: cookie(func(c *config.Cookie) { c.Path = "/shop" }), found: true, words: []string{`"/shop"`, "--session-cookie-path (SESSION_COOKIE_PATH) to /"}},
	{id: "cookie-many-hosts", name: "development", from: onMemory, change: cookie(func(c *config.Cookie) { c.Domain = "example.com" })},

	{id: "session-cross-site", name: "seen", change: func(f *check.Facts) { f.Observed.CrossSite = seen(4) }, found: true, words: []string{"4 requests", "another site", "a GET"}},

	{id: "proxy-not-trusted", name: "seen", change: func(f *check.Facts) { f.Observed.UntrustedProto = seen(5) }, found: true, words: []string{"5 requests", "--session-trust-proxy (SESSION_TRUST_PROXY) to true"}},
	{id: "proxy-not-trusted", name: "trusted", change: func(f *check.Facts) { f.Observed.UntrustedProto, f.Config.TrustProxy = seen(5), true }},
}
