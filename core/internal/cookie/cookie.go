// Package cookie renders the session cookie and reads those of a request.
package cookie

import (
	"math"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
)

// Template is the session cookie without its value.
type Template struct {
	http.Cookie
	secure     config.Secure
	production bool
	trustProxy bool
	Persist    bool // unless the session says otherwise
	last       atomic.Pointer[rendered]
}

// Request is what the cookie of an answer depends on.
type Request struct {
	TLS            bool   // the connection to this server is encrypted
	ForwardedProto string // X-Forwarded-Proto; believed only when configured
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

// New returns the cookie that the configuration says.
func New(cfg config.Config) Template {
	sameSite := map[config.SameSite]http.SameSite{
		config.SameSiteLax:    http.SameSiteLaxMode,
		config.SameSiteStrict: http.SameSiteStrictMode,
		config.SameSiteNone:   http.SameSiteNoneMode,
	}
	return Template{
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
		Persist:    !cfg.Cookie.UntilClosed,
	}
}

// SecureFor reports whether the cookie gets the Secure attribute on the answer
// to a request. Names with a prefix and SameSite=None are refused by browsers
// without it (RFC 6265bis 4.1.2.5, 4.1.3), so with them "auto" means always.
func (c *Template) SecureFor(r Request) bool {
	switch c.secure {
	case config.SecureAlways:
		return true
	case config.SecureNever:
		return false
	}
	return c.production || c.Encrypted(r) ||
		c.SameSite == http.SameSiteNoneMode || c.Partitioned || strings.HasPrefix(c.Name, "__")
}

// Encrypted reports whether the browser sent the request over TLS, as far as is
// known here.
func (c *Template) Encrypted(r Request) bool {
	proto, _, _ := strings.Cut(r.ForwardedProto, ",") // the browser's side comes first
	return r.TLS || c.trustProxy && strings.EqualFold(strings.TrimSpace(proto), "https")
}

// Set renders the cookie that carries value until deadline, or until the
// browser closes.
func (c *Template) Set(r Request, value []byte, persist bool, now, deadline time.Time) string {
	a := attributes{now.Unix(), 0, persist, c.SecureFor(r)}
	if persist {
		a.maxAge = int(math.Ceil(deadline.Sub(now).Seconds()))
	}
	text := c.last.Load()
	if text == nil || text.attributes != a {
		text = c.render(a)
		c.last.Store(text)
	}
	var line strings.Builder
	line.Grow(len(text.before) + len(value) + len(text.after))
	line.WriteString(text.before)
	line.Write(value)
	line.WriteString(text.after)
	return line.String()
}

func (c *Template) render(a attributes) *rendered {
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

// Remove renders the cookie that makes the browser forget the one of the name:
// same path, domain and flags, or the browser keeps it.
func (c *Template) Remove(r Request, name string) string {
	cookie := c.Cookie
	cookie.Name = name
	cookie.Secure = c.SecureFor(r)
	cookie.MaxAge = -1
	cookie.Expires = time.Unix(1, 0).UTC()
	return cookie.String()
}

// Values calls yield with the value of each cookie of the name in the
// Cookie header's lines, until yield returns false.
func Values(lines []string, name string, yield func(value string) bool) {
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
