package fibersession_test

import (
	"bufio"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"

	"github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// BenchmarkRequest is one request through Fiber, in memory: the bare handler,
// what a middleware that does nothing adds to it, and what the session does.
func BenchmarkRequest(b *testing.B) {
	sessions, err := session.NewManager(b.Context(), config.Config{Mode: config.Test}, memstore.New(0))
	if err != nil {
		b.Fatal(err)
	}
	defer sessions.Close()
	app := fiber.New()
	app.Get("/bare", func(c fiber.Ctx) error { return c.SendString("ok") })
	app.Group("/next", func(c fiber.Ctx) error { return c.Next() }).
		Get("/untouched", func(c fiber.Ctx) error { return c.SendString("ok") })
	with := app.Group("/with", fibersession.Middleware(sessions))
	with.Get("/untouched", func(c fiber.Ctx) error { return c.SendString("ok") })
	with.Get("/read", func(c fiber.Ctx) error {
		s, err := fibersession.Get(c)
		if err != nil {
			return err
		}
		if _, err := session.Get[string](s, "key"); err != nil {
			return err
		}
		return c.SendString("ok")
	})
	with.Get("/write", func(c fiber.Ctx) error {
		s, err := fibersession.Get(c)
		if err != nil {
			return err
		}
		return session.Set(s, "key", "value")
	})
	handler := app.Handler()

	// As it comes from the network: nobody has looked at its cookies.
	request := func(path, cookie string) *fasthttp.RequestCtx {
		var req fasthttp.Request
		raw := "GET " + path + " HTTP/1.1\r\nHost: bench\r\nCookie: " + cookie + "\r\n\r\n"
		if err := req.Read(bufio.NewReader(strings.NewReader(raw))); err != nil {
			b.Fatal(err)
		}
		ctx := &fasthttp.RequestCtx{}
		ctx.Init(&req, nil, nil)
		return ctx
	}
	first := request("/with/write", "")
	handler(first)
	var cookie fasthttp.Cookie
	cookie.SetKey("session")
	if !first.Response.Header.Cookie(&cookie) {
		b.Fatal("no cookie")
	}
	for _, path := range []string{"/bare", "/next/untouched", "/with/untouched", "/with/read", "/with/write"} {
		b.Run(path[1:], func(b *testing.B) {
			ctx := request(path, "session="+string(cookie.Value()))
			b.ReportAllocs()
			for b.Loop() {
				ctx.ResetUserValues()
				ctx.Response.Reset()
				handler(ctx)
			}
		})
	}
}
