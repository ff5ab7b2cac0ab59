// Command fiber is the example app on Fiber.
package main

import (
	"context"
	"flag"
	"os"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gosessionkit/sessionkit/adapters/fiber"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/examples/internal/input"
	"github.com/gosessionkit/sessionkit/examples/internal/logging"
	"github.com/gosessionkit/sessionkit/examples/internal/prefork"
	"github.com/gosessionkit/sessionkit/stores"
)

func main() {
	logging.Setup()
	addr := flag.String("addr", "127.0.0.1:8080", "`address` to listen on")
	cfg, err := config.Parse(flag.CommandLine, os.Args[1:], config.WithDefault("workers", "3"), prefork.DrawnKey())
	if err != nil {
		logging.Fatal(err)
	}
	if err := prefork.Run(cfg, *addr, run); err != nil {
		logging.Fatal(err)
	}
}

// run is what every worker does.
func run(ctx context.Context, cfg config.Config, worker *prefork.Worker) error {
	store, err := stores.Open(ctx, cfg)
	if err != nil {
		return err
	}
	sessions, err := session.NewManager(cfg, store)
	if err != nil {
		return err
	}
	defer sessions.Close()

	app := fiber.New(fiber.Config{
		DisableStartupMessage: true,
		UnescapePath:          true, // the keys of items
		ReadTimeout:           10 * time.Second,
		ReadBufferSize:        128 << 10, // bounds the request's headers; with Fiber's 4 KiB a few cookies are too many
		ErrorHandler:          onError,
	})
	app.Use(sameOrigin) // another site's page must not press our buttons
	if err := fibersession.Install(app, sessions, debug.New(sessions)); err != nil {
		return err
	}
	h := handlers{sessions}
	app.Get("/", h.page)
	app.Get("/plain", h.plain)
	app.Get("/me", h.me)
	app.Post("/login", h.login)
	app.Post("/logout", h.logout)
	app.Post("/logout-everywhere", h.logoutEverywhere)
	app.Post("/count", h.count)
	app.Post("/items", h.putItem)
	app.Get("/items/+", h.getItem)
	app.Post("/slow-items", h.putItemSlowly)
	app.Get("/stream", h.stream)
	app.Get("/private", fibersession.RequireUser(nil), h.private)

	return worker.Serve(sessions, app.Listener, app.ShutdownWithContext)
}

// onError answers a visitor's mistake, and leaves other errors to Fiber. Those
// of the session have their status already.
func onError(c *fiber.Ctx, err error) error {
	if text, ok := input.Mistake(err); ok {
		err = fiber.NewError(fiber.StatusBadRequest, text)
	}
	return fiber.DefaultErrorHandler(c, err)
}
