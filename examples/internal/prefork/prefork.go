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
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/gosessionkit/sessionkit/core/config"
)

// DefaultWorkers is how many workers there are when no flag, variable or file
// says how many.
const DefaultWorkers = 3

// An App is what every worker runs: it opens its store, sets its routes up and
// then calls [Worker.Serve], until ctx is done.
type App func(ctx context.Context, cfg config.Config, worker *Worker) error

// Run runs app on addr as cfg.Workers processes until SIGINT or SIGTERM, and
// returns when all of them have ended. With one worker there is no supervisor.
//
// When no secret key is configured, one is drawn for all workers. When the
// first worker cannot start, Run says why and starts no other.
func Run(cfg config.Config, addr string, app App) error {
	cfg = withDefaultWorkers(cfg)
	if worker := inherited(); worker != nil {
		return worker.run(cfg, app)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	if cfg.Workers == 1 {
		return app(ctx, cfg, &Worker{ctx: ctx, listen: alone(addr), tell: announce})
	}
	return supervise(ctx, cfg, addr)
}

// Usage answers --help: as package flag does, with DefaultWorkers for what the
// kit's flag has.
func Usage() {
	fmt.Fprintf(flag.CommandLine.Output(), "Usage of %s:\n", filepath.Base(os.Args[0]))
	if workers := flag.Lookup("workers"); workers != nil {
		workers.DefValue = strconv.Itoa(DefaultWorkers)
	}
	flag.PrintDefaults()
}

func withDefaultWorkers(cfg config.Config) config.Config {
	for _, setting := range cfg.Settings() {
		if setting.Flag == "workers" && setting.Source == "default" {
			cfg.Workers = DefaultWorkers
		}
	}
	return cfg
}
