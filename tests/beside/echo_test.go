package beside

import (
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	echosession "github.com/gosessionkit/sessionkit/adapters/echo"
	"github.com/gosessionkit/sessionkit/adapters/echo/echosessiontest"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
)

func echoRouter() router {
	r := router{name: "Echo v4"}
	for _, m := range echoMiddleware() {
		c := combination{kind: m.kind, name: m.name, serve: echoWith(m.mw, m.pre), visit: m.visit, outside: m.outside, inside: m.inside, goesOn: m.goesOn}
		if m.timeout {
			c.hasty = echoWith(func(next echo.HandlerFunc) echo.HandlerFunc {
				next = m.mw(next)
				return func(c echo.Context) error {
					c.SetRequest(c.Request().WithContext(newEnding(c.Request().Context())))
					return next(c)
				}
			}, false)
		}
		r.beside = append(r.beside, c)
	}
	apps := func(wrap func(t testing.TB, next http.Handler) http.Handler) func(testing.TB, adaptertest.App, side) string {
		return func(t testing.TB, app adaptertest.App, at side) string {
			return echoWith(echo.WrapMiddleware(func(next http.Handler) http.Handler { return wrap(t, next) }), false)(t, app, at)
		}
	}
	for _, w := range wrappers() {
		if w.prefix != "" || w.reuses { // Echo has found the route by then; and it answers errors on a writer that is another request's
			continue
		}
		c := w.on(apps)
		if said, ok := echoWrapped[w.name]; ok {
			c.outside, c.inside = said[outside], said[inside]
		}
		r.beside = append(r.beside, c)
	}
	bare := func(t testing.TB, app adaptertest.App) string {
		return echoWith(func(next echo.HandlerFunc) echo.HandlerFunc { return next }, false)(t, app, outside)
	}
	r.beside = append(r.beside, proxies(apps, bare)...)
	r.beside = append(r.beside, combination{kind: "reverse proxy", name: "Proxy", sockets: []string{}, serve: func(t testing.TB, app adaptertest.App, at side) string {
		to, err := url.Parse(bare(t, app))
		if err != nil {
			t.Fatal(err)
		}
		e := newEcho()
		if at == inside {
			e.Use(echosession.Middleware(app.Sessions), echo.WrapMiddleware(reading))
		}
		e.Use(middleware.Proxy(middleware.NewRoundRobinBalancer([]*middleware.ProxyTarget{{URL: to}})))
		return app.Serve(t, e)
	}})
	r.beside = append(r.beside, combination{kind: "routing", name: "echo.Group", prefix: "/shop", serve: func(t testing.TB, app adaptertest.App, at side) string {
		e := newEcho()
		g := e.Group("/shop")
		use := e.Use
		if at == outside {
			use = g.Use
		}
		use(echosession.Middleware(app.Sessions))
		echoRoutes(g, app)
		return app.Serve(t, e)
	}}, combination{kind: "routing", name: "echo.Host", serve: func(t testing.TB, app adaptertest.App, at side) string {
		e := newEcho()
		g := e.Host(host)
		use := e.Use
		if at == outside {
			use = g.Use
		}
		use(echosession.Middleware(app.Sessions))
		echoRoutes(g, app)
		return app.Serve(t, e)
	}})
	return r
}

// echoWrapped is what comes of writers of echo.WrapMiddleware: they have ended the
// answer when Echo answers an error that a handler has returned.
var echoWrapped = map[string][2]string{
	"klauspost/compress/gzhttp":             {brokenError, ""},
	"gorilla/handlers.CompressHandlerLevel": {emptyError, emptyError},
	"http.TimeoutHandler": {emptyError + "; " + brokenEvents + "; " + noSockets + "; " + loginCut,
		emptyError + "; " + brokenEvents + "; " + noSockets},
}

const (
	brokenError  = "a broken connection for an error that a handler returns"
	emptyError   = "200 for an error that a handler returns"
	brokenEvents = "a broken connection for server-sent events"
	posts301     = "301 to a POST; 301 to a POST in place of a PUT; " + noSockets
)

func newEcho() *echo.Echo {
	e := echo.New()
	e.Logger.SetOutput(io.Discard)
	return e
}

// echoWith is apps with mw on a side of the session; pre: both in front of the routing.
func echoWith(mw echo.MiddlewareFunc, pre bool) func(testing.TB, adaptertest.App, side) string {
	return func(t testing.TB, app adaptertest.App, at side) string {
		e := newEcho()
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
		echoRoutes(e, app)
		return app.Serve(t, e)
	}
}

func echoRoutes(e interface {
	Add(method, path string, h echo.HandlerFunc, middleware ...echo.MiddlewareFunc) *echo.Route
}, app adaptertest.App) {
	for _, route := range app.Routes {
		for _, path := range []string{route.Path, route.Path + "/"} {
			e.Add(route.Method, path, echosessiontest.Handler(route.Handle))
		}
	}
}

// echoOwn is middleware in Echo's terms.
type echoOwn struct {
	kind, name string
	mw         echo.MiddlewareFunc
	pre        bool
	timeout    bool // it ends the request's context
	goesOn     bool // and answers before the handler has returned
	visit      func(*http.Request)

	outside, inside string
}

func echoMiddleware() []echoOwn {
	permanent := middleware.TrailingSlashConfig{RedirectCode: http.StatusMovedPermanently}
	token := func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if token, ok := c.Get("csrf").(string); ok {
				c.Response().Header().Set("X-Csrf-Token", token)
			}
			return next(c)
		}
	}
	forgery := middleware.CSRFWithConfig(middleware.CSRFConfig{CookiePath: "/"})
	return []echoOwn{
		{kind: "compression", name: "Gzip", mw: middleware.Gzip()},
		{kind: "compression", name: "Gzip, MinLength", mw: middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1000})},
		{kind: "compression", name: "Decompress", mw: middleware.Decompress()},
		{kind: "timeout", name: "Timeout", timeout: true, goesOn: true,
			outside: brokenEvents + "; " + noSockets + "; " + loginCut, inside: brokenEvents + "; " + noSockets,
			//lint:ignore SA1019 many apps have it
			mw: middleware.TimeoutWithConfig(middleware.TimeoutConfig{Timeout: time.Hour})},
		{kind: "timeout", name: "ContextTimeout", timeout: true, mw: middleware.ContextTimeout(time.Hour)},
		{kind: "recover", name: "Recover", mw: middleware.Recover()},
		//lint:ignore SA1019 many apps have it
		{kind: "logger", name: "Logger", mw: middleware.LoggerWithConfig(middleware.LoggerConfig{Output: io.Discard})},
		{kind: "logger", name: "RequestLogger, HandleError", mw: middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
			LogStatus: true, LogError: true, HandleError: true, LogValuesFunc: func(echo.Context, middleware.RequestLoggerValues) error { return nil }})},
		{kind: "body dump", name: "BodyDump", mw: middleware.BodyDump(func(echo.Context, []byte, []byte) {})},
		{kind: "body limit", name: "BodyLimit", mw: middleware.BodyLimit("1M")},
		{kind: "CSRF", name: "CSRF", mw: func(next echo.HandlerFunc) echo.HandlerFunc { return forgery(token(next)) }},
		{kind: "rate limit", name: "RateLimiter", mw: middleware.RateLimiter(middleware.NewRateLimiterMemoryStore(1_000_000))},
		{kind: "static files", name: "Static, HTML5", mw: middleware.StaticWithConfig(middleware.StaticConfig{Root: "testdata", HTML5: true})},
		{kind: "redirect", name: "AddTrailingSlash, redirect", outside: posts301, inside: posts301, mw: middleware.AddTrailingSlashWithConfig(permanent), pre: true},
		{kind: "redirect", name: "RemoveTrailingSlash, redirect", mw: middleware.RemoveTrailingSlashWithConfig(permanent), pre: true},
		{kind: "redirect", name: "HTTPSRedirect", mw: middleware.HTTPSRedirect(), pre: true, visit: header("X-Forwarded-Proto", "https")},
		{kind: "redirect", name: "NonWWWRedirect", mw: middleware.NonWWWRedirect(), pre: true},
		{kind: "rewrite", name: "RemoveTrailingSlash", mw: middleware.RemoveTrailingSlash(), pre: true},
		{kind: "rewrite", name: "Rewrite", mw: middleware.Rewrite(map[string]string{"/old/*": "/$1"}), pre: true},
		{kind: "method override", name: "MethodOverride", mw: middleware.MethodOverride(), pre: true},
		{kind: "CORS", name: "CORS", mw: middleware.CORSWithConfig(middleware.CORSConfig{AllowOrigins: []string{"https://shop.example"}, AllowCredentials: true})},
		{kind: "headers", name: "Secure", mw: middleware.Secure()},
		{kind: "request id", name: "RequestID", mw: middleware.RequestID()},
		{kind: "authentication", name: "BasicAuth", visit: func(r *http.Request) { r.SetBasicAuth("ada", "secret") }, mw: middleware.BasicAuth(func(user, password string, _ echo.Context) (bool, error) {
			return user == "ada" && password == "secret", nil
		})},
	}
}
