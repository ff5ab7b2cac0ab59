package compattest

import (
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3/extractors"
)

func cookie(t *testing.T, start start) {
	b := start(Settings{Extractor: extractors.FromCookie("sid"), IdleTimeout: time.Hour, CookiePath: "/", CookieSecure: true, CookieHTTPOnly: true, CookieSameSite: "Strict", CookieDomain: "example.com"})
	b.name = "sid"
	c := b.sent(b.put("a", 1))
	if c == nil || c.Path != "/" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Domain != "example.com" || c.MaxAge != 3600 {
		t.Error(c)
	}
	if c = b.sent(b.put("a", 2)); c == nil || c.MaxAge != 3600 { // each Save counts from now
		t.Error(c)
	}
}

func sameSiteNone(t *testing.T, start start) {
	b := start(Settings{CookieSameSite: "None"})
	if c := b.sent(b.put("a", 1)); c == nil || c.SameSite != http.SameSiteNoneMode || !c.Secure {
		t.Error(c)
	}
}

func sessionOnly(t *testing.T, start start) {
	b := start(Settings{CookieSessionOnly: true})
	if c := b.sent(b.put("a", 1)); c == nil || c.MaxAge != 0 || !c.Expires.IsZero() {
		t.Error(c)
	}
	b.want("a", 1)
}

func header(t *testing.T, start start) {
	b := start(Settings{Extractor: extractors.FromHeader("X-Session")})
	b.name, b.inHeader = "X-Session", true
	if res := b.put("a", 1); len(res.Cookies()) != 0 || res.Header.Get("X-Session") == "" {
		t.Error(res.Header)
	}
	b.want("a", 1)
	before := b.token
	b.visit(func(ss Session) error { return ss.Destroy() })
	b.token = before
	b.want("a", nil)
}

// The token goes where it came from, and to all places when it came from none.
func chain(t *testing.T, start start) {
	b := start(Settings{Extractor: extractors.Chain(extractors.FromHeader("X-Session"), extractors.FromCookie("sid"))})
	b.name = "sid"
	if res := b.put("a", 1); b.sent(res) == nil || res.Header.Get("X-Session") != b.sent(res).Value {
		t.Error(res.Header)
	}
	b.want("a", 1)
	b.name, b.inHeader = "X-Session", true
	b.want("a", 1)
	if res := b.put("a", 2); len(res.Cookies()) != 0 {
		t.Error(res.Header)
	}
	b.name, b.inHeader = "sid", false
	b.want("a", 2)
}

func idle(t *testing.T, start start) {
	b := start(Settings{})
	if c := b.sent(b.visit(func(ss Session) error {
		ss.Set("a", 1)
		ss.SetIdleTimeout(10 * time.Minute)
		return ss.Save()
	})); c == nil || c.MaxAge != 600 {
		t.Error(c)
	}
}

func strangers(t *testing.T, start start) {
	b := start(Settings{})
	for _, token := range []string{"nonsense", "0b1f1a5e-8c3d-4a0f-9f57-2f1d4c1c9d10"} {
		b.token = token
		b.visit(func(ss Session) error {
			if !ss.Fresh() || ss.ID() == token {
				t.Error("taken over")
			}
			ss.Set("a", 1)
			return ss.Save()
		})
		if b.token == token {
			t.Error("a token of the visitor's choice")
		}
	}
}
