package prefork

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// grace is a flag of every app that runs here.
var grace = flag.Duration("grace", 8*time.Second, "how long the requests that run may still take when the app is told to stop")

// addressVariable marks a process as a worker and says where it listens.
const addressVariable = "EXAMPLE_WORKER_ADDRESS"

// keyVariable is how the supervisor hands the workers the key that it has drawn.
// A flag would show it to everybody on the machine, and SECRET_KEY would have
// each worker say that somebody has configured it.
const keyVariable = "EXAMPLE_WORKER_KEY"

// DrawnKey has config.Parse take the key that the supervisor has drawn, where
// none is configured. It counts as the app's default: the checks of each worker
// still find that nobody has set one.
func DrawnKey() config.Option { return config.WithDefault("secret-key", os.Getenv(keyVariable)) }

// The worker's ends of the pipes.
const (
	lifelineFile = 3
	reportsFile  = 4
)

// Worker is the process that serves, or one of them.
type Worker struct {
	ctx    context.Context
	listen func() (net.Listener, error)
	tell   func(report) error
}

// Serve listens, has serve answer the requests, and calls shutdown when it is
// time to stop: http.Server.Serve and Shutdown, or what a framework has in
// their place. Everything else is to be ready by then: requests come at once.
func (w *Worker) Serve(sessions *session.Manager, serve func(net.Listener) error, shutdown func(context.Context) error) error {
	listener, err := w.listen()
	if err != nil {
		return err
	}
	defer listener.Close() // for a server that was stopped before it began
	if err := w.tell(ready(listener.Addr(), sessions)); err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("stopped serving: %v", err)
	case <-w.ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.Background(), *grace)
	defer cancel()
	if err := shutdown(ctx); err != nil {
		return fmt.Errorf("some requests still ran %v after the stop: %w", *grace, err)
	}
	return nil
}

// inherited is the worker that a supervisor made this process, or nil.
func inherited() *Worker {
	address, ok := os.LookupEnv(addressVariable)
	if !ok {
		return nil
	}
	reports := os.NewFile(reportsFile, "reports")
	said := newSaid()
	slog.SetDefault(slog.New(said.onto(slog.Default().Handler())))
	return &Worker{
		listen: func() (net.Listener, error) { return listenShared(address) },
		tell: func(r report) error {
			r.Said = said.done()
			return r.write(reports)
		},
	}
}

// run is a worker's whole life. An error has the supervisor to tell of it, so
// that several workers say it once.
func (w *Worker) run(cfg config.Config, app App) error {
	signal.Ignore(os.Interrupt) // a terminal sends it to all; the supervisor decides
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	w.ctx = ctx
	go func() {
		io.Copy(io.Discard, os.NewFile(lifelineFile, "lifeline"))
		stop()
	}()
	if cfg.SecretKey.IsZero() { // not even an empty flag may part the workers
		cfg.SecretKey = config.NewSecret(os.Getenv(keyVariable))
	}
	err := app(ctx, cfg, w)
	if err == nil {
		return nil
	}
	if unheard := w.tell(report{Error: err.Error()}); unheard != nil {
		return errors.Join(err, unheard)
	}
	os.Exit(1)
	return nil
}

// alone listens as the only worker does.
func alone(addr string) func() (net.Listener, error) {
	return func() (net.Listener, error) {
		listener, err := net.Listen("tcp", addr)
		return listener, explain(addr, err)
	}
}

// announce is the report of an only worker, to the log.
func announce(r report) error {
	slog.Info(r.announcement(1))
	return nil
}
