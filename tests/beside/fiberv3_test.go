package beside

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/log"
	"github.com/gofiber/fiber/v3/middleware/adaptor"
	"github.com/gofiber/fiber/v3/middleware/basicauth"
	"github.com/gofiber/fiber/v3/middleware/cache"
	"github.com/gofiber/fiber/v3/middleware/compress"
	"github.com/gofiber/fiber/v3/middleware/cors"
	"github.com/gofiber/fiber/v3/middleware/csrf"
	"github.com/gofiber/fiber/v3/middleware/earlydata"
	"github.com/gofiber/fiber/v3/middleware/encryptcookie"
	"github.com/gofiber/fiber/v3/middleware/etag"
	"github.com/gofiber/fiber/v3/middleware/favicon"
	"github.com/gofiber/fiber/v3/middleware/healthcheck"
	"github.com/gofiber/fiber/v3/middleware/helmet"
	"github.com/gofiber/fiber/v3/middleware/hostauthorization"
	"github.com/gofiber/fiber/v3/middleware/idempotency"
	"github.com/gofiber/fiber/v3/middleware/keyauth"
	"github.com/gofiber/fiber/v3/middleware/limiter"
	"github.com/gofiber/fiber/v3/middleware/logger"
	"github.com/gofiber/fiber/v3/middleware/proxy"
	"github.com/gofiber/fiber/v3/middleware/recover"
	"github.com/gofiber/fiber/v3/middleware/redirect"
	"github.com/gofiber/fiber/v3/middleware/requestid"
	"github.com/gofiber/fiber/v3/middleware/responsetime"
	"github.com/gofiber/fiber/v3/middleware/rewrite"
	"github.com/gofiber/fiber/v3/middleware/skip"
	"github.com/gofiber/fiber/v3/middleware/static"
	"github.com/gofiber/fiber/v3/middleware/timeout"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/adapters/fiberv3/fibersessiontest"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/session"
)

func fiberRouterV3() router {
	log.SetOutput(io.Discard) // where timeout tells of panics
	r := router{name: "Fiber v3"}
	for _, m := range fiberMiddlewareV3() {
		c := combination{kind: m.kind, name: m.name, serve: fiberWithV3(m.mw), visit: m.visit, outside: m.outside, inside: m.inside}
		if m.timeout {
			c.goesOn = true
			c.hasty = fiberWithV3(func(c fiber.Ctx) error {
				c.SetContext(newEnding(c.Context()))
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
				return fiberWithV3(adaptor.HTTPMiddleware(func(next http.Handler) http.Handler { return wrap(t, next) }))(t, app, at)
			}
		}))
	}
	bare := func(t testing.TB, app adaptertest.App) string {
		return fiberWithV3(func(c fiber.Ctx) error { return c.Next() })(t, app, outside)
	}
	r.beside = append(r.beside, proxies(nil, bare)[1])
	r.beside = append(r.beside, combination{kind: "routing", name: "app.Group", prefix: "/shop", serve: func(t testing.TB, app adaptertest.App, at side) string {
		f := newFiberV3()
		var in fiber.Router = f
		g := f.Group("/shop")
		if at == outside {
			in = g
		}
		in.Use(fibersession.Middleware(app.Sessions))
		fiberRoutesV3(g, app)
		return fibersessiontest.Listen(t, app, f)
	}}, combination{kind: "routing", name: "a mounted app", prefix: "/shop", serve: func(t testing.TB, app adaptertest.App, at side) string {
		f, shop := newFiberV3(), fiber.New()
		in := f
		if at == outside {
			in = shop
		}
		in.Use(fibersession.Middleware(app.Sessions))
		fiberRoutesV3(shop, app)
		f.Use("/shop", shop)
		return fibersessiontest.Listen(t, app, f)
	}}, combination{kind: "reverse proxy", name: "proxy.Balancer", serve: func(t testing.TB, app adaptertest.App, at side) string {
		f := newFiberV3()
		if at == inside {
			f.Use(fibersession.Middleware(app.Sessions), func(c fiber.Ctx) error {
				if s, err := fibersession.Get(c); err == nil {
					session.Get[string](s, "name")
				}
				return c.Next()
			})
		}
		f.Use(proxy.Balancer(proxy.Config{SecurityPolicy: &proxy.SecurityPolicy{AllowPrivateIPs: true}, Servers: []string{bare(t, app)}}))
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

// newFiberV3 is an app that survives panics.
func newFiberV3() *fiber.App {
	f := fiber.New(fiber.Config{ReadBufferSize: 64 << 10})
	f.Use(recover.New())
	return f
}

// fiberWithV3 is apps with mw on a side of the session.
func fiberWithV3(mw fiber.Handler) func(testing.TB, adaptertest.App, side) string {
	return func(t testing.TB, app adaptertest.App, at side) string {
		f := newFiberV3()
		sessions := fibersession.Middleware(app.Sessions)
		if at == outside {
			f.Use(mw, sessions)
		} else {
			f.Use(sessions, mw)
		}
		fiberRoutesV3(f, app)
		return fibersessiontest.Listen(t, app, f)
	}
}

func fiberRoutesV3(f fiber.Router, app adaptertest.App) {
	for _, route := range app.Routes {
		if route.Path == "/socket/gorilla" || route.Path == "/socket/coder" {
			continue
		}
		f.Add([]string{route.Method}, route.Path, fibersessiontest.Handler(route.Handle))
	}
	f.Get("/socket/fiber", func(c fiber.Ctx) error {
		s, err := fibersession.Get(c)
		if err != nil {
			return err
		}
		name, err := visit(s)
		if err != nil {
			return err
		}
		ctx := c.Context()
		return socket.Upgrade(c.RequestCtx(), func(conn *websocket.Conn) {
			defer conn.Close()
			conn.WriteMessage(websocket.TextMessage, []byte(name))
			conn.ReadMessage()
			visit(s)
			text := "saved"
			if err := s.Commit(context.WithoutCancel(ctx)); err != nil {
				text = err.Error()
			}
			conn.WriteMessage(websocket.TextMessage, []byte(text))
		})
	})
}

var socket websocket.FastHTTPUpgrader

// fiberOwnV3 is middleware in Fiber's terms.
type fiberOwnV3 struct {
	kind, name string
	mw         fiber.Handler
	timeout    bool // it ends the request's context
	visit      func(*http.Request)

	outside, inside string
}

func fiberMiddlewareV3() []fiberOwnV3 {
	next := func(c fiber.Ctx) error { return c.Next() }
	forgery := csrf.New(csrf.Config{CookiePath: "/"})
	healthy := healthcheck.New()
	return []fiberOwnV3{
		{kind: "compression", name: "compress", mw: compress.New()},
		{kind: "compression", name: "compress, br", mw: compress.New(), visit: header("Accept-Encoding", "br")},
		{kind: "timeout", name: "timeout", timeout: true, outside: "408 to a login that takes too long, and the visitor has to log in again", mw: timeout.New(next, timeout.Config{Timeout: time.Hour})},
		{kind: "recover", name: "recover", mw: recover.New()},
		{kind: "logger", name: "logger, with bodies", mw: logger.New(logger.Config{Stream: io.Discard, Format: "${status} ${body} ${resBody} ${reqHeaders}\n"})},
		{kind: "logger", name: "responsetime", mw: responsetime.New()},
		{kind: "ETag", name: "etag", mw: etag.New()},
		{kind: "cache", name: "cache, with NoCache", mw: cache.New(cache.Config{Next: fibersession.NoCache, StoreResponseHeaders: true})},
		{kind: "cache", name: "idempotency", mw: idempotency.New(), visit: idempotencyKey},
		{kind: "CSRF", name: "csrf", mw: func(c fiber.Ctx) error {
			err := forgery(c)
			if token := csrf.TokenFromContext(c); token != "" {
				c.Set("X-Csrf-Token", token)
			}
			return err
		}},
		{kind: "CSRF", name: "fibersession.SameOrigin", mw: fibersession.SameOrigin(nil)},
		{kind: "rate limit", name: "limiter", mw: limiter.New(limiter.Config{Max: 1_000_000})},
		{kind: "static files", name: "static", mw: static.New("testdata")},
		{kind: "static files", name: "favicon", mw: favicon.New()},
		{kind: "routing", name: "healthcheck", mw: func(c fiber.Ctx) error {
			if c.Path() == healthcheck.LivenessEndpoint {
				return healthy(c)
			}
			return c.Next()
		}},
		{kind: "redirect", name: "redirect", mw: redirect.New(redirect.Config{Rules: map[string]string{"/old/*": "/$1"}, StatusCode: http.StatusFound})},
		{kind: "rewrite", name: "rewrite", mw: rewrite.New(rewrite.Config{Rules: map[string]string{"/old/*": "/$1"}})},
		{kind: "CORS", name: "cors", mw: cors.New(cors.Config{AllowOrigins: []string{"https://shop.example"}, AllowCredentials: true})},
		{kind: "headers", name: "helmet", mw: helmet.New()},
		{kind: "headers", name: "earlydata", mw: earlydata.New()},
		{kind: "headers", name: "hostauthorization", mw: hostauthorization.New(hostauthorization.Config{AllowedHosts: []string{host}})},
		{kind: "cookies", name: "encryptcookie", mw: encryptcookie.New(encryptcookie.Config{Key: encryptcookie.GenerateKey(32)})},
		{kind: "request id", name: "requestid", mw: requestid.New()},
		{kind: "routing", name: "skip", mw: skip.New(next, func(c fiber.Ctx) bool { return c.Method() == http.MethodGet })},
		{kind: "authentication", name: "basicauth", mw: basicauth.New(basicauth.Config{Users: map[string]string{"ada": secretHash}}), visit: func(r *http.Request) { r.SetBasicAuth("ada", "secret") }},
		{kind: "authentication", name: "keyauth", visit: header("Authorization", "Bearer secret"), mw: keyauth.New(keyauth.Config{Validator: func(_ fiber.Ctx, key string) (bool, error) { return key == "secret", nil }})},
	}
}

// secretHash is "secret", as basicauth wants it.
var secretHash = func() string {
	sum := sha256.Sum256([]byte("secret"))
	return "{SHA256}" + base64.StdEncoding.EncodeToString(sum[:])
}()
