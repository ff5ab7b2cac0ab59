package beside

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/gofiber/fiber/v2/middleware/basicauth"
	"github.com/gofiber/fiber/v2/middleware/cache"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/gofiber/fiber/v2/middleware/cors"
	"github.com/gofiber/fiber/v2/middleware/csrf"
	"github.com/gofiber/fiber/v2/middleware/earlydata"
	"github.com/gofiber/fiber/v2/middleware/encryptcookie"
	"github.com/gofiber/fiber/v2/middleware/etag"
	"github.com/gofiber/fiber/v2/middleware/favicon"
	"github.com/gofiber/fiber/v2/middleware/filesystem"
	"github.com/gofiber/fiber/v2/middleware/helmet"
	"github.com/gofiber/fiber/v2/middleware/idempotency"
	"github.com/gofiber/fiber/v2/middleware/limiter"
	"github.com/gofiber/fiber/v2/middleware/logger"
	"github.com/gofiber/fiber/v2/middleware/proxy"
	"github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/gofiber/fiber/v2/middleware/redirect"
	"github.com/gofiber/fiber/v2/middleware/requestid"
	"github.com/gofiber/fiber/v2/middleware/rewrite"
	"github.com/gofiber/fiber/v2/middleware/skip"
	"github.com/gofiber/fiber/v2/middleware/timeout"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiber"
	"github.com/gosessionkit/sessionkit/adapters/fiber/fibersessiontest"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/session"
)

func fiberRouter() router {
	r := router{name: "Fiber v2"}
	for _, m := range fiberMiddleware() {
		c := combination{kind: m.kind, name: m.name, serve: fiberWith(m.mw), visit: m.visit, outside: m.outside, inside: m.inside}
		if m.timeout {
			c.hasty = fiberWith(func(c *fiber.Ctx) error {
				c.SetUserContext(newEnding(c.UserContext()))
				return m.mw(c)
			})
		}
		r.beside = append(r.beside, c)
	}
	for _, w := range wrappers() {
		if w.answers || w.prefix != "" { // they have returned before the handler runs
			continue
		}
		r.beside = append(r.beside, w.on(func(wrap func(t testing.TB, next http.Handler) http.Handler) func(testing.TB, adaptertest.App, side) string {
			return func(t testing.TB, app adaptertest.App, at side) string {
				return fiberWith(adaptor.HTTPMiddleware(func(next http.Handler) http.Handler { return wrap(t, next) }))(t, app, at)
			}
		}))
	}
	bare := func(t testing.TB, app adaptertest.App) string {
		return fiberWith(func(c *fiber.Ctx) error { return c.Next() })(t, app, outside)
	}
	r.beside = append(r.beside, proxies(nil, bare)[1])
	r.beside = append(r.beside, combination{kind: "routing", name: "app.Group", prefix: "/shop", serve: func(t testing.TB, app adaptertest.App, at side) string {
		f := newFiber()
		var in fiber.Router = f
		g := f.Group("/shop")
		if at == outside {
			in = g
		}
		in.Use(fibersession.Middleware(app.Sessions))
		fiberRoutes(g, app)
		return fibersessiontest.Listen(t, app, f)
	}}, combination{kind: "routing", name: "app.Mount", prefix: "/shop", serve: func(t testing.TB, app adaptertest.App, at side) string {
		f, shop := newFiber(), fiber.New()
		in := f
		if at == outside {
			in = shop
		}
		in.Use(fibersession.Middleware(app.Sessions))
		fiberRoutes(shop, app)
		f.Mount("/shop", shop)
		return fibersessiontest.Listen(t, app, f)
	}}, combination{kind: "reverse proxy", name: "proxy.Balancer", serve: func(t testing.TB, app adaptertest.App, at side) string {
		f := newFiber()
		if at == inside {
			f.Use(fibersession.Middleware(app.Sessions), func(c *fiber.Ctx) error {
				if s, err := fibersession.Get(c); err == nil {
					session.Get[string](s, "name")
				}
				return c.Next()
			})
		}
		f.Use(proxy.Balancer(proxy.Config{Servers: []string{bare(t, app)}}))
		return fibersessiontest.Listen(t, app, f)
	}})
	for i := range r.beside {
		if kind := r.beside[i].kind; kind == "reverse proxy" || kind == "cache" {
			r.beside[i].sockets = []string{}
		} else {
			r.beside[i].sockets = []string{"fiber"}
		}
	}
	return r
}

// newFiber is an app that survives panics.
func newFiber() *fiber.App {
	f := fiber.New(fiber.Config{DisableStartupMessage: true, ReadBufferSize: 64 << 10})
	f.Use(recover.New())
	return f
}

// fiberWith is apps with mw on a side of the session.
func fiberWith(mw fiber.Handler) func(testing.TB, adaptertest.App, side) string {
	return func(t testing.TB, app adaptertest.App, at side) string {
		f := newFiber()
		sessions := fibersession.Middleware(app.Sessions)
		if at == outside {
			f.Use(mw, sessions)
		} else {
			f.Use(sessions, mw)
		}
		fiberRoutes(f, app)
		return fibersessiontest.Listen(t, app, f)
	}
}

func fiberRoutes(f fiber.Router, app adaptertest.App) {
	for _, route := range app.Routes {
		if route.Path == "/socket/gorilla" || route.Path == "/socket/coder" {
			continue
		}
		f.Add(route.Method, route.Path, fibersessiontest.Handler(route.Handle))
	}
	f.Get("/socket/fiber", func(c *fiber.Ctx) error {
		s, err := fibersession.Get(c)
		if err != nil {
			return err
		}
		name, err := visit(s)
		if err != nil {
			return err
		}
		ctx := c.UserContext()
		return websocket.New(func(conn *websocket.Conn) {
			defer conn.Close()
			conn.WriteMessage(websocket.TextMessage, []byte(name))
			conn.ReadMessage()
			visit(s)
			text := "saved"
			if err := s.Commit(context.WithoutCancel(ctx)); err != nil {
				text = err.Error()
			}
			conn.WriteMessage(websocket.TextMessage, []byte(text))
		})(c)
	})
}

// fiberOwn is middleware in Fiber's terms.
type fiberOwn struct {
	kind, name string
	mw         fiber.Handler
	timeout    bool // it ends the request's context
	visit      func(*http.Request)

	outside, inside string
}

func fiberMiddleware() []fiberOwn {
	next := func(c *fiber.Ctx) error { return c.Next() }
	forgery := csrf.New(csrf.Config{ContextKey: "csrf", CookiePath: "/"})
	return []fiberOwn{
		{kind: "compression", name: "compress", mw: compress.New()},
		{kind: "compression", name: "compress, br", mw: compress.New(), visit: header("Accept-Encoding", "br")},
		{kind: "timeout", name: "timeout.NewWithContext", timeout: true, mw: timeout.NewWithContext(next, time.Hour)},
		{kind: "recover", name: "recover", mw: recover.New()},
		{kind: "logger", name: "logger, with bodies", mw: logger.New(logger.Config{Output: io.Discard, Format: "${status} ${body} ${resBody} ${reqHeaders}\n"})},
		{kind: "ETag", name: "etag", mw: etag.New()},
		{kind: "cache", name: "cache, with NoCache", mw: cache.New(cache.Config{Next: fibersession.NoCache, StoreResponseHeaders: true})},
		{kind: "cache", name: "idempotency", mw: idempotency.New(), visit: idempotencyKey},
		{kind: "CSRF", name: "csrf", mw: func(c *fiber.Ctx) error {
			err := forgery(c)
			if token, ok := c.Locals("csrf").(string); ok {
				c.Set("X-Csrf-Token", token)
			}
			return err
		}},
		{kind: "CSRF", name: "fibersession.SameOrigin", mw: fibersession.SameOrigin(nil)},
		{kind: "rate limit", name: "limiter", mw: limiter.New(limiter.Config{Max: 1_000_000})},
		{kind: "static files", name: "filesystem", outside: "404 for server-sent events", inside: "404 for server-sent events", mw: filesystem.New(filesystem.Config{Root: http.Dir("testdata")})},
		{kind: "static files", name: "favicon", mw: favicon.New()},
		{kind: "redirect", name: "redirect", mw: redirect.New(redirect.Config{Rules: map[string]string{"/old/*": "/$1"}, StatusCode: http.StatusFound})},
		{kind: "rewrite", name: "rewrite", mw: rewrite.New(rewrite.Config{Rules: map[string]string{"/old/*": "/$1"}})},
		{kind: "CORS", name: "cors", mw: cors.New(cors.Config{AllowOrigins: "https://shop.example", AllowCredentials: true})},
		{kind: "headers", name: "helmet", mw: helmet.New()},
		{kind: "headers", name: "earlydata", mw: earlydata.New()},
		{kind: "cookies", name: "encryptcookie", mw: encryptcookie.New(encryptcookie.Config{Key: encryptcookie.GenerateKey()})},
		{kind: "request id", name: "requestid", mw: requestid.New()},
		{kind: "routing", name: "skip", mw: skip.New(next, func(c *fiber.Ctx) bool { return c.Method() == http.MethodGet })},
		{kind: "authentication", name: "basicauth", mw: basicauth.New(basicauth.Config{Users: map[string]string{"ada": "secret"}}), visit: func(r *http.Request) { r.SetBasicAuth("ada", "secret") }},
	}
}

// idempotencyKey gives a request a key that no other has.
func idempotencyKey(r *http.Request) {
	r.Header.Set("X-Idempotency-Key", (rand.Text() + rand.Text())[:36])
}
