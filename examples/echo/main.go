// Command echo is the example app on Echo.
package main

import (
	"context"
	"flag"
	"net/http"
	"os"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/gosessionkit/sessionkit/adapters/echo"
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

	e := echo.New()
	e.HTTPErrorHandler = onError(e)
	e.Use(echo.WrapMiddleware(http.NewCrossOriginProtection().Handler)) // another site's page must not press our buttons
	if err := echosession.Install(e, sessions, debug.New(sessions)); err != nil {
		return err
	}
	a := app{sessions}
	e.GET("/", a.page)
	e.GET("/plain", a.plain)
	e.GET("/me", a.me)
	e.POST("/login", a.login)
	e.POST("/logout", a.logout)
	e.POST("/logout-everywhere", a.logoutEverywhere)
	e.POST("/count", a.count)
	e.POST("/items", a.putItem)
	e.GET("/items/:key", a.getItem)
	e.POST("/slow-items", a.putItemSlowly)
	e.GET("/stream", a.stream)
	e.GET("/private", a.private, echosession.RequireUser(nil))

	server := &http.Server{Handler: e, ReadHeaderTimeout: 5 * time.Second}
	return worker.Serve(sessions, server.Serve, server.Shutdown)
}

// onError answers a visitor's mistake, and leaves other errors to Echo. Those
// of the session have their status already.
func onError(e *echo.Echo) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if text, ok := input.Mistake(err); ok {
			err = echo.NewHTTPError(http.StatusBadRequest, text)
		}
		e.DefaultHTTPErrorHandler(err, c)
	}
}
