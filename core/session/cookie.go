package session

import (
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
)

// cookieTemplate is the session cookie without its value.
type cookieTemplate struct {
	http.Cookie
	secure     config.Secure
	production bool
	trustProxy bool
	persist    bool
}

func newCookieTemplate(cfg config.Config) cookieTemplate {
	sameSite := map[config.SameSite]http.SameSite{
		config.SameSiteLax:    http.SameSiteLaxMode,
		config.SameSiteStrict: http.SameSiteStrictMode,
		config.SameSiteNone:   http.SameSiteNoneMode,
	}
	return cookieTemplate{
		Cookie: http.Cookie{
			Name:        cfg.Cookie.Name,
			Domain:      cfg.Cookie.Domain,
			Path:        cfg.Cookie.Path,
			HttpOnly:    true,
			SameSite:    sameSite[cfg.Cookie.SameSite],
			Partitioned: cfg.Cookie.Partitioned,
		},
		secure:     cfg.Cookie.Secure,
		production: cfg.Mode == config.Production,
		trustProxy: cfg.TrustProxy,
		persist:    !cfg.Cookie.UntilClosed,
	}
}

// secureFor tells whether the cookie gets the Secure attribute on the answer
// to a request. Names with a prefix and SameSite=None are refused by browsers
// without it (RFC 6265bis 4.1.2.5, 4.1.3), so with them "auto" means always.
func (c *cookieTemplate) secureFor(in Incoming) bool {
	switch c.secure {
	case config.SecureAlways:
		return true
	case config.SecureNever:
		return false
	}
	return c.production || c.encrypted(in) ||
		c.SameSite == http.SameSiteNoneMode || c.Partitioned || strings.HasPrefix(c.Name, "__")
}

// encrypted tells whether the browser sent the request over TLS, as far as is
// known here.
func (c *cookieTemplate) encrypted(in Incoming) bool {
	proto, _, _ := strings.Cut(in.ForwardedProto, ",") // the browser's side comes first
	return in.TLS || c.trustProxy && strings.EqualFold(strings.TrimSpace(proto), "https")
}

// set renders the cookie that carries value until deadline, or until the
// browser closes.
func (c *cookieTemplate) set(in Incoming, value string, persist bool, now, deadline time.Time) string {
	cookie := c.Cookie
	cookie.Value = value
	cookie.Secure = c.secureFor(in)
	if persist {
		// Both attributes, and the same moment: some clients know only Expires.
		cookie.MaxAge = int(math.Ceil(deadline.Sub(now).Seconds()))
		cookie.Expires = now.Add(time.Duration(cookie.MaxAge) * time.Second).UTC()
	}
	return cookie.String()
}

// remove renders the cookie that makes the browser forget it: same path,
// domain and flags, or the browser keeps the old one.
func (c *cookieTemplate) remove(in Incoming) string {
	cookie := c.Cookie
	cookie.Secure = c.secureFor(in)
	cookie.MaxAge = -1
	cookie.Expires = time.Unix(1, 0).UTC()
	return cookie.String()
}

// cookieValues calls yield with the value of each cookie of the name in the
// Cookie header's lines, until yield returns false.
func cookieValues(lines []string, name string, yield func(value string) bool) {
	for _, line := range lines {
		for line != "" {
			var pair string
			pair, line, _ = strings.Cut(line, ";")
			key, value, ok := strings.Cut(strings.Trim(pair, " \t"), "=")
			if ok && key == name && !yield(value) {
				return
			}
		}
	}
}
