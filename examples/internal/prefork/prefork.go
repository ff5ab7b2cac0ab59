// Package prefork runs an app as several processes on one port.
//
// The process that was started is the supervisor. It serves nothing: it
// starts the workers, which are the same program again, starts another one
// where one dies, and stops them all when it is told to stop. The kernel deals
// the connections out to the workers, which all listen on the port
// (SO_REUSEPORT).
//
// Two pipes lead from the supervisor to each worker. On one the worker reports
// that it is ready, or why it cannot start. Nothing is ever sent on the other:
// that it ends is how a worker learns that the supervisor is gone, however it
// went.
package prefork

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/gosessionkit/sessionkit/core/config"
)

// An App is what every worker runs: it opens its store, sets its routes up and
// then calls [Worker.Serve], until ctx is done.
type App func(ctx context.Context, cfg config.Config, worker *Worker) error

// Run runs app on addr as cfg.Workers processes until SIGINT or SIGTERM, and
// returns when all of them have ended. With one worker there is no supervisor.
//
// When no secret key is configured, one is drawn for all workers, which take it
// with [DrawnKey]. When the first worker cannot start, Run says why and starts no other.
func Run(cfg config.Config, addr string, app App) error {
	if worker := inherited(); worker != nil {
		return worker.run(cfg, app)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	told := make(chan struct{})
	forget := context.AfterFunc(ctx, func() {
		defer close(told)
		stop() // a second signal ends the process at once
		slog.Info("stopping, when the requests that run have ended", "at_most", *grace)
	})
	err := run(ctx, cfg, addr, app)
	if asked := !forget(); asked && err == nil { // nobody asked it to stop that could not start
		<-told
		slog.Info("stopped")
	}
	return err
}

func run(ctx context.Context, cfg config.Config, addr string, app App) error {
	if cfg.Workers == 1 {
		return app(ctx, cfg, &Worker{ctx: ctx, listen: alone(addr), tell: announce})
	}
	return supervise(ctx, cfg, addr)
}
