package fibersession

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	fasthttpsession "github.com/gosessionkit/sessionkit/adapters/internal/fasthttp"
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
// ([session.Incoming.TokenInHeader]), which no browser adds by itself.
func SameOrigin(p *http.CrossOriginProtection, sessions ...*session.Manager) fiber.Handler {
	if p == nil {
		p = http.NewCrossOriginProtection()
	}
	return func(c *fiber.Ctx) error {
		if status, text := fasthttpsession.SameOrigin(c.Context(), p, sessions); status != 0 {
			return fiber.NewError(status, text)
		}
		return c.Next()
	}
}
