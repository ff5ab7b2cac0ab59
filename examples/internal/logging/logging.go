// Package logging sets the log of a process up.
package logging

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/redis/go-redis/v9"
)

// Setup sends the process's log to standard error as text, each line with the
// process id: several processes write to one terminal.
func Setup() {
	handler := slog.NewTextHandler(os.Stderr, nil)
	slog.SetDefault(slog.New(handler).With("pid", os.Getpid()))
	redis.SetLogger(redisLog{})
}

// redisLog takes what go-redis writes to standard error otherwise: every
// attempt to connect that fails. The error that it returns in the end says
// the same.
type redisLog struct{}

func (redisLog) Printf(ctx context.Context, format string, args ...any) {
	slog.DebugContext(ctx, fmt.Sprintf(format, args...))
}

// Fatal says why the program ends, and ends it.
func Fatal(err error) {
	fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(os.Args[0]), err)
	os.Exit(1)
}
