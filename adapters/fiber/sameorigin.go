package fibersession

import (
	"net/http"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"github.com/gosessionkit/sessionkit/core/session"
)

// SameOrigin is a middleware that refuses what a page of another origin sends in
// a visitor's name (CSRF): everything but GET, HEAD and OPTIONS. SameSite alone
// does not: other hosts of the same domain are the same site. It belongs before
// Install:
//
//	app.Use(fibersession.SameOrigin(nil))
//
// It decides as p does, by Sec-Fetch-Site, Origin and Host; what is neither a
// browser nor sends these headers passes. nil is http.NewCrossOriginProtection();
// one of your own can trust other origins and let paths through. A refusal is a
// *fiber.Error with the status 403 for the app's ErrorHandler, and not p's own
// handler. Behind a proxy Host has to be what the browser sent.
//
// With sessions it lets pass what has the token of theirs in a header
// ([session.Manager.TokenInHeader]), which no browser adds by itself.
func SameOrigin(p *http.CrossOriginProtection, sessions ...*session.Manager) fiber.Handler {
	if p == nil {
		p = http.NewCrossOriginProtection()
	}
	return func(c *fiber.Ctx) error {
		for _, m := range sessions {
			if names := m.TokenHeaders(); names != nil && m.TokenInHeader(copied(&c.Request().Header, append(names, fiber.HeaderCookie))) {
				return c.Next()
			}
		}
		r := &http.Request{Method: c.Method(), Host: string(c.Request().Host()), Header: http.Header{}}
		for _, name := range []string{"Sec-Fetch-Site", fiber.HeaderOrigin} {
			if value := c.Get(name); value != "" {
				r.Header.Set(name, value)
			}
		}
		var err error
		if r.URL, err = url.ParseRequestURI(c.OriginalURL()); err != nil {
			return fiber.NewError(fiber.StatusBadRequest)
		}
		if err := p.Check(r); err != nil {
			return fiber.NewError(fiber.StatusForbidden, err.Error())
		}
		return c.Next()
	}
}
