// Command fiberv3 is the example app on Fiber v3.
package main

import (
	"context"
	"flag"
	"net"
	"os"

	"github.com/gofiber/fiber/v3"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
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
	sessions, err := session.NewManager(ctx, cfg, store)
	if err != nil {
		return err
	}
	defer sessions.Close()

	app, err := newApp(sessions)
	if err != nil {
		return err
	}
	serve := func(l net.Listener) error { return app.Listener(l, fiber.ListenConfig{DisableStartupMessage: true}) }
	return worker.Serve(sessions, serve, app.ShutdownWithContext)
}
