package fibersession

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v3"

	fasthttpsession "github.com/gosessionkit/sessionkit/adapters/internal/fasthttp"
	"github.com/gosessionkit/sessionkit/core/httpsession"
)

// MountDebug mounts the debug endpoints at /debug and below it, with and without
// a slash at the end, in a group or a mounted app below its prefix. What the
// app's own routes name below it goes on as before, and so do /debug/pprof and
// /debug/vars, which Fiber's middleware answers. A nil handler mounts nothing:
// the paths are unknown ones like any other.
func MountDebug(app fiber.Router, debug http.Handler) {
	if debug == nil {
		return
	}
	at := func(root, pattern string) {
		app.All(pattern, func(c fiber.Ctx) error {
			path := root + wildcard(c)
			if strings.HasSuffix(c.Path(), "/") && !strings.HasSuffix(path, "/") {
				path += "/" // which Fiber leaves out, unless it routes strictly
			}
			if !httpsession.IsDebugPath(path) || named(c, strings.TrimSuffix(c.Route().Path, pattern)) {
				return c.Next()
			}
			fasthttpsession.ServeDebug(c.Context(), c.RequestCtx(), debug, path)
			return nil
		})
	}
	at("/debug", "/debug")
	at("/debug/", "/debug/*")
}

// wildcard is what stands for the last parameter of the route, if that is a *.
func wildcard(c fiber.Ctx) string {
	params := c.Route().Params
	if len(params) == 0 || params[len(params)-1][0] != '*' {
		return ""
	}
	rest := c.Params(params[len(params)-1])
	if decoded, err := url.PathUnescape(rest); err == nil {
		return decoded
	}
	return rest
}

// named reports whether a route of the app's, with whatever method, names the
// path below prefix.
func named(c fiber.Ctx, prefix string) bool {
	return slices.ContainsFunc(c.App().GetRoutes(true), func(r fiber.Route) bool {
		rest, ok := strings.CutPrefix(r.Path, prefix)
		return ok && httpsession.NamesDebug(rest) && fiber.RoutePatternMatch(c.Path(), r.Path, c.App().Config())
	})
}
