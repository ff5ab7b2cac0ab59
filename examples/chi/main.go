// Command chi is the example app on chi.
package main

import (
	"context"
	"flag"
	"net/http"
	"os"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/gosessionkit/sessionkit/adapters/chi"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
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

	r := chi.NewRouter()
	r.Use(http.NewCrossOriginProtection().Handler) // another site's page must not press our buttons
	if err := chisession.Install(r, sessions, debug.New(sessions)); err != nil {
		return err
	}
	a := app{sessions}
	r.Get("/", handle(a.page))
	r.Get("/plain", handle(a.plain))
	r.Get("/me", handle(a.me))
	r.Post("/login", handle(a.login))
	r.Post("/logout", handle(a.logout))
	r.Post("/logout-everywhere", handle(a.logoutEverywhere))
	r.Post("/count", handle(a.count))
	r.Post("/items", handle(a.putItem))
	r.Get("/items/{key}", handle(a.getItem))
	r.Post("/slow-items", handle(a.putItemSlowly))
	r.Get("/stream", handle(a.stream))
	r.With(chisession.RequireUser(nil)).Get("/private", handle(a.private))

	server := &http.Server{Handler: r, ReadHeaderTimeout: 5 * time.Second}
	return worker.Serve(sessions, server.Serve, server.Shutdown)
}
