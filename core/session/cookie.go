package session

import (
	"math"
	"net/http"
	"strings"
	"sync/atomic"
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
	last       atomic.Pointer[rendered]
}

// rendered is a cookie without its value. All that are set within a second are
// alike, as a rule, and writing one out takes 0.6 us.
type rendered struct {
	attributes
	before, after string
}

// attributes are those that differ from one cookie to the next.
type attributes struct {
	second  int64 // when it is set, Unix time
	maxAge  int
	persist bool
	secure  bool
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
func (c *cookieTemplate) set(in Incoming, value []byte, persist bool, now, deadline time.Time) string {
	a := attributes{now.Unix(), 0, persist, c.secureFor(in)}
	if persist {
		a.maxAge = int(math.Ceil(deadline.Sub(now).Seconds()))
	}
	r := c.last.Load()
	if r == nil || r.attributes != a {
		r = c.render(a)
		c.last.Store(r)
	}
	var line strings.Builder
	line.Grow(len(r.before) + len(value) + len(r.after))
	line.WriteString(r.before)
	line.Write(value)
	line.WriteString(r.after)
	return line.String()
}

func (c *cookieTemplate) render(a attributes) *rendered {
	const value = "."
	cookie := c.Cookie
	cookie.Value = value
	cookie.Secure = a.secure
	if a.persist {
		// Both attributes, and the same moment: some clients know only Expires.
		cookie.MaxAge = a.maxAge
		cookie.Expires = time.Unix(a.second+int64(a.maxAge), 0).UTC()
	}
	name := c.Name + "="
	return &rendered{a, name, strings.TrimPrefix(cookie.String(), name+value)}
}

// remove renders the cookie that makes the browser forget the one of the name:
// same path, domain and flags, or the browser keeps it.
func (c *cookieTemplate) remove(in Incoming, name string) string {
	cookie := c.Cookie
	cookie.Name = name
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
