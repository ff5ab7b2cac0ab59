package main

import (
	"time"

	"github.com/gofiber/fiber/v3"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/examples/internal/input"
)

// newApp is the whole app but for its processes, as its tests have it too.
func newApp(sessions *session.Manager) (*fiber.App, error) {
	app := fiber.New(fiber.Config{
		UnescapePath:   true, // the keys of items
		ReadTimeout:    10 * time.Second,
		ReadBufferSize: 128 << 10, // bounds the request's headers; with Fiber's 4 KiB a few cookies are too many
		ErrorHandler:   onError,
	})
	app.Use(fibersession.SameOrigin(nil)) // another site's page must not press our buttons
	if err := fibersession.Install(app, sessions, debug.New(sessions)); err != nil {
		return nil, err
	}
	h := handlers{sessions}
	app.Get("/", h.page)
	app.Get("/plain", h.plain)
	app.Get("/me", h.me)
	app.Post("/login", h.login)
	app.Post("/logout", h.logout)
	app.Post("/logout-everywhere", h.logoutEverywhere)
	app.Post("/logout-others", fibersession.RequireUser(h.denied), h.logoutOthers)
	app.Post("/logout-device", fibersession.RequireUser(h.denied), h.logoutDevice)
	app.Post("/count", h.count)
	app.Post("/items", h.putItem)
	app.Get("/items/+", h.getItem)
	app.Post("/slow-items", h.putItemSlowly)
	app.Get("/stream", h.stream)
	app.Get("/private", fibersession.RequireUser(h.denied), h.private)
	return app, nil
}

// onError answers a visitor's mistake, and leaves other errors to Fiber. Those
// of the session have their status already.
func onError(c fiber.Ctx, err error) error {
	if text, ok := input.Mistake(err); ok {
		err = fiber.NewError(fiber.StatusBadRequest, text)
	}
	return fiber.DefaultErrorHandler(c, err)
}
