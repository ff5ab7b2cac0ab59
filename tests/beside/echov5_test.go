package beside

import (
	"log/slog"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	echosession "github.com/gosessionkit/sessionkit/adapters/echov5"
	"github.com/gosessionkit/sessionkit/adapters/echov5/echosessiontest"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
)

func echoRouterV5() router {
	r := router{name: "Echo v5"}
	for _, m := range echoMiddlewareV5() {
		c := combination{kind: m.kind, name: m.name, serve: echoWithV5(m.mw, m.pre), visit: m.visit, outside: m.outside, inside: m.inside, goesOn: m.goesOn}
		if m.timeout {
			c.hasty = echoWithV5(func(next echo.HandlerFunc) echo.HandlerFunc {
				next = m.mw(next)
				return func(c *echo.Context) error {
					c.SetRequest(c.Request().WithContext(newEnding(c.Request().Context())))
					return next(c)
				}
			}, false)
		}
		r.beside = append(r.beside, c)
	}
	apps := func(wrap func(t testing.TB, next http.Handler) http.Handler) func(testing.TB, adaptertest.App, side) string {
		return func(t testing.TB, app adaptertest.App, at side) string {
			return echoWithV5(echo.WrapMiddleware(func(next http.Handler) http.Handler { return wrap(t, next) }), false)(t, app, at)
		}
	}
	for _, w := range wrappers() {
		if w.prefix != "" || w.reuses { // Echo has found the route by then; and it answers errors on a writer that is another request's
			continue
		}
		c := w.on(apps)
		if said, ok := echoWrappedV5[w.name]; ok {
			c.outside, c.inside = said[outside], said[inside]
		}
		r.beside = append(r.beside, c)
	}
	bare := func(t testing.TB, app adaptertest.App) string {
		return echoWithV5(func(next echo.HandlerFunc) echo.HandlerFunc { return next }, false)(t, app, outside)
	}
	r.beside = append(r.beside, proxies(apps, bare)...)
	r.beside = append(r.beside, combination{kind: "reverse proxy", name: "Proxy", sockets: []string{}, serve: func(t testing.TB, app adaptertest.App, at side) string {
		to, err := url.Parse(bare(t, app))
		if err != nil {
			t.Fatal(err)
		}
		e := newEchoV5()
		if at == inside {
			e.Use(echosession.Middleware(app.Sessions), echo.WrapMiddleware(reading))
		}
		e.Use(middleware.Proxy(middleware.NewRoundRobinBalancer([]*middleware.ProxyTarget{{URL: to}})))
		return app.Serve(t, e)
	}})
	r.beside = append(r.beside, combination{kind: "routing", name: "echo.Group", prefix: "/shop", serve: func(t testing.TB, app adaptertest.App, at side) string {
		e := newEchoV5()
		g := e.Group("/shop")
		use := e.Use
		if at == outside {
			use = g.Use
		}
		use(echosession.Middleware(app.Sessions))
		echoRoutesV5(g, app)
		return app.Serve(t, e)
	}}, combination{kind: "routing", name: "echo.NewVirtualHostHandler", inside: never, serve: func(t testing.TB, app adaptertest.App, _ side) string {
		e := newEchoV5()
		e.Use(echosession.Middleware(app.Sessions))
		echoRoutesV5(e, app)
		return app.Serve(t, echo.NewVirtualHostHandler(map[string]*echo.Echo{host: e}))
	}})
	return r
}

// echoWrappedV5 is what comes of writers of echo.WrapMiddleware, as in v4.
var echoWrappedV5 = map[string][2]string{
	"klauspost/compress/gzhttp":             {brokenError, ""},
	"gorilla/handlers.CompressHandlerLevel": {emptyError, emptyError},
	"http.TimeoutHandler": {emptyError + "; " + brokenEvents + "; " + noSockets + "; " + loginCut,
		emptyError + "; " + brokenEvents + "; " + noSockets},
}

func newEchoV5() *echo.Echo {
	e := echo.New()
	e.Logger = slog.New(slog.DiscardHandler)
	return e
}

// echoWithV5 is apps with mw on a side of the session; pre: both in front of the routing.
func echoWithV5(mw echo.MiddlewareFunc, pre bool) func(testing.TB, adaptertest.App, side) string {
	return func(t testing.TB, app adaptertest.App, at side) string {
		e := newEchoV5()
		sessions := echosession.Middleware(app.Sessions)
		switch {
		case at == outside && pre:
			e.Pre(mw)
			e.Use(sessions)
		case at == outside:
			e.Use(mw, sessions)
		case pre:
			e.Pre(sessions, mw)
		default:
			e.Use(sessions, mw)
		}
		echoRoutesV5(e, app)
		return app.Serve(t, e)
	}
}

func echoRoutesV5(e interface {
	Add(method, path string, h echo.HandlerFunc, middleware ...echo.MiddlewareFunc) echo.RouteInfo
}, app adaptertest.App) {
	for _, route := range app.Routes {
		for _, path := range []string{route.Path, route.Path + "/"} {
			e.Add(route.Method, path, echosessiontest.Handler(route.Handle))
		}
	}
}

// echoOwnV5 is middleware in Echo's terms.
type echoOwnV5 struct {
	kind, name string
	mw         echo.MiddlewareFunc
	pre        bool
	timeout    bool // it ends the request's context
	goesOn     bool // and answers before the handler has returned
	visit      func(*http.Request)

	outside, inside string
}

func echoMiddlewareV5() []echoOwnV5 {
	token := func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			if token, ok := c.Get("csrf").(string); ok {
				c.Response().Header().Set("X-Csrf-Token", token)
			}
			return next(c)
		}
	}
	forgery := middleware.CSRFWithConfig(middleware.CSRFConfig{CookiePath: "/"})
	return []echoOwnV5{
		{kind: "compression", name: "Gzip", mw: middleware.Gzip()},
		{kind: "compression", name: "Gzip, MinLength", mw: middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1000})},
		{kind: "compression", name: "Decompress", mw: middleware.Decompress()},
		{kind: "timeout", name: "ContextTimeout", timeout: true, mw: middleware.ContextTimeout(time.Hour)},
		{kind: "recover", name: "Recover", mw: middleware.Recover()},
		{kind: "logger", name: "RequestLogger, HandleError", mw: middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
			LogStatus: true, HandleError: true, LogValuesFunc: func(*echo.Context, middleware.RequestLoggerValues) error { return nil }})},
		{kind: "body dump", name: "BodyDump", mw: middleware.BodyDump(func(*echo.Context, []byte, []byte, error) {})},
		{kind: "body limit", name: "BodyLimit", mw: middleware.BodyLimit(1 << 20)},
		{kind: "CSRF", name: "CSRF", mw: func(next echo.HandlerFunc) echo.HandlerFunc { return forgery(token(next)) }},
		{kind: "rate limit", name: "RateLimiter", mw: middleware.RateLimiter(middleware.NewRateLimiterMemoryStore(1_000_000))},
		{kind: "static files", name: "Static, HTML5", mw: middleware.StaticWithConfig(middleware.StaticConfig{Root: "testdata", HTML5: true})},
		{kind: "redirect", name: "AddTrailingSlash, redirect", outside: posts301, inside: posts301, mw: middleware.AddTrailingSlashWithConfig(middleware.AddTrailingSlashConfig{RedirectCode: http.StatusMovedPermanently}), pre: true},
		{kind: "redirect", name: "RemoveTrailingSlash, redirect", mw: middleware.RemoveTrailingSlashWithConfig(middleware.RemoveTrailingSlashConfig{RedirectCode: http.StatusMovedPermanently}), pre: true},
		{kind: "redirect", name: "HTTPSRedirect", mw: middleware.HTTPSRedirect(), pre: true, visit: header("X-Forwarded-Proto", "https")},
		{kind: "redirect", name: "NonWWWRedirect", mw: middleware.NonWWWRedirect(), pre: true},
		{kind: "rewrite", name: "RemoveTrailingSlash", mw: middleware.RemoveTrailingSlash(), pre: true},
		{kind: "rewrite", name: "Rewrite", mw: middleware.Rewrite(map[string]string{"/old/*": "/$1"}), pre: true},
		{kind: "method override", name: "MethodOverride", mw: middleware.MethodOverride(), pre: true},
		{kind: "CORS", name: "CORS", mw: middleware.CORSWithConfig(middleware.CORSConfig{AllowOrigins: []string{"https://shop.example"}, AllowCredentials: true})},
		{kind: "headers", name: "Secure", mw: middleware.Secure()},
		{kind: "request id", name: "RequestID", mw: middleware.RequestID()},
		{kind: "authentication", name: "BasicAuth", visit: func(r *http.Request) { r.SetBasicAuth("ada", "secret") }, mw: middleware.BasicAuth(func(_ *echo.Context, user, password string) (bool, error) {
			return user == "ada" && password == "secret", nil
		})},
	}
}
