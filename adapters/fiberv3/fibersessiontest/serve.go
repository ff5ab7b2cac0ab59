// Package fibersessiontest serves the apps of package adaptertest with the adapter
// for Fiber v3, for its own tests and those that bring adapters and stores together.
package fibersessiontest

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/recover"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Serve serves app with Fiber.
func Serve(t testing.TB, app adaptertest.App) string {
	cfg := fiber.Config{ReadBufferSize: 256 << 10}
	if app.OnError != nil {
		cfg.ErrorHandler = func(c fiber.Ctx, err error) error { return app.OnError(exchange{c}, err) }
	}
	f := fiber.New(cfg)
	f.Use(recover.New())
	if app.Sessions != nil {
		if err := fibersession.Install(f, app.Sessions, app.Debug); err != nil {
			t.Fatal(err)
		}
	}
	if app.LoseContext {
		f.Use(func(c fiber.Ctx) error {
			c.SetContext(context.Background())
			return c.Next()
		})
	}
	for _, route := range app.Routes {
		var stack []any
		for _, sessions := range app.Inner {
			stack = append(stack, fibersession.Middleware(sessions))
		}
		if route.RequireUser {
			stack = append(stack, fibersession.RequireUser(Handler(route.Denied)))
		}
		if route.RequireFresh != 0 {
			stack = append(stack, fibersession.RequireFresh(route.RequireFresh, Handler(route.Denied)))
		}
		stack = append(stack, Handler(route.Handle))
		f.Add([]string{route.Method}, route.Path, stack[0], stack[1:]...)
	}
	if app.CatchAll != nil {
		f.All("/:a/:b", Handler(app.CatchAll))
		f.All("/*", Handler(app.CatchAll))
	}
	if app.Prefix != "" {
		whole := fiber.New(cfg)
		whole.Use(app.Prefix, f)
		f = whole
	}
	return Listen(t, app, f)
}

// Listen serves f until the end of the test.
func Listen(t testing.TB, app adaptertest.App, f *fiber.App) (baseURL string) {
	ln, baseURL := app.Listen(t)
	done := make(chan error, 1)
	go func() { done <- f.Listener(ln, fiber.ListenConfig{DisableStartupMessage: true}) }()
	t.Cleanup(func() {
		f.ShutdownWithTimeout(5 * time.Second)
		ln.Close()
		<-done
	})
	return baseURL
}

// Handler is a handler of package adaptertest in Fiber's terms; nil stays nil.
func Handler(handle func(adaptertest.Exchange) error) fiber.Handler {
	if handle == nil {
		return nil
	}
	return func(c fiber.Ctx) error { return handle(exchange{c}) }
}

// exchange is an adaptertest.Exchange in Fiber's terms.
type exchange struct{ c fiber.Ctx }

func (x exchange) Session() (*session.Session, error)         { return fibersession.Get(x.c) }
func (x exchange) Context() context.Context                   { return x.c.Context() }
func (x exchange) Query(name string) string                   { return strings.Clone(x.c.Query(name)) }
func (x exchange) SetHeader(name, value string)               { x.c.Set(name, value) }
func (x exchange) AddHeader(name, value string)               { x.c.Response().Header.Add(name, value) }
func (x exchange) Write(status int, body string) error        { return x.c.Status(status).SendString(body) }
func (x exchange) Redirect(status int, to string) error       { return x.c.Redirect().Status(status).To(to) }
func (x exchange) Fail(status int) error                      { return fiber.NewError(status) }
func (x exchange) HTTP() (http.ResponseWriter, *http.Request) { return nil, nil }

func (x exchange) Stream(write func(*session.Session, func(string) error)) error {
	return fibersession.Stream(x.c, func(w *bufio.Writer, s *session.Session) {
		write(s, func(chunk string) error {
			w.WriteString(chunk)
			return w.Flush()
		})
	})
}
