//go:build !race

package fibersession_test

import (
	"bufio"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// What the middleware may allocate on top of the bare handler. Not parallel: it
// counts allocations. The race detector empties pools at random, so it is left
// out.
func TestAllocations(t *testing.T) {
	sessions, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, memstore.New(0))
	if err != nil {
		t.Fatal(err)
	}
	defer sessions.Close()
	app := fiber.New()
	app.Get("/bare", func(c fiber.Ctx) error { return c.SendString("ok") })
	with := app.Group("/with", fibersession.Middleware(sessions))
	with.Get("/plain", func(c fiber.Ctx) error { return c.SendString("ok") })
	with.Get("/read", func(c fiber.Ctx) error {
		s, err := fibersession.Get(c)
		if err == nil {
			_, err = session.Get[string](s, "color")
		}
		if err != nil {
			return err
		}
		return c.SendString("ok")
	})
	with.Get("/set", func(c fiber.Ctx) error { return set(c, "red") })
	handler := app.Handler()
	request := func(path, cookie string) (*fasthttp.RequestCtx, float64) {
		var req fasthttp.Request // as it comes from the network: nobody has looked at its cookies
		raw := "GET " + path + " HTTP/1.1\r\nHost: test\r\nCookie: " + cookie + "\r\n\r\n"
		if err := req.Read(bufio.NewReader(strings.NewReader(raw))); err != nil {
			t.Fatal(err)
		}
		ctx := &fasthttp.RequestCtx{}
		ctx.Init(&req, nil, nil)
		return ctx, testing.AllocsPerRun(200, func() {
			ctx.Response.Reset()
			ctx.ResetUserValues()
			handler(ctx)
		})
	}
	first, _ := request("/with/set", "")
	var cookie fasthttp.Cookie
	cookie.SetKey("session")
	if !first.Response.Header.Cookie(&cookie) {
		t.Fatal("no cookie")
	}
	sent := "session=" + string(cookie.Value())

	_, least := request("/bare", sent)
	for path, most := range map[string]float64{"/plain": 2, "/read": 4} {
		if _, got := request("/with"+path, sent); got-least > most {
			t.Errorf("%s: %v allocations more than a bare handler, at most %v wanted", path, got-least, most)
		}
	}
}
