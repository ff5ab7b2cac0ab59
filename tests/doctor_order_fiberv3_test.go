//go:build unix

package tests

import (
	"context"
	"net"
	"testing"

	"github.com/gofiber/fiber/v3"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
)

// earlyFiberV3 is one of earlyApps.
func earlyFiberV3(t *testing.T, ask func(context.Context)) string {
	app, sessions := fiber.New(), earlyManager(t)
	app.Use(func(c fiber.Ctx) error {
		ask(c.Context())
		return c.Next()
	})
	app.Use(fibersession.Middleware(sessions))
	fibersession.MountDebug(app, debug.New(sessions))
	return serveFiberV3(t, app)
}

func fiberV3ThatRequiresUserFirst(t *testing.T, sessions *session.Manager) string {
	app := fiber.New()
	app.Use(fibersession.RequireUser(nil), fibersession.Middleware(sessions))
	fibersession.MountDebug(app, debug.New(sessions))
	return serveFiberV3(t, app)
}

func serveFiberV3(t *testing.T, app *fiber.App) string {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go app.Listener(l, fiber.ListenConfig{DisableStartupMessage: true})
	t.Cleanup(func() { app.Shutdown() })
	return "http://" + l.Addr().String()
}
