// Package slow waits as long as a visitor wants, for trying out what happens
// to a session while a request takes its time.
package slow

import (
	"context"
	"strconv"
	"time"

	"github.com/gosessionkit/sessionkit/examples/internal/input"
)

const (
	usual   = 300    // milliseconds
	longest = 10_000 // milliseconds
)

// Wait waits for ms milliseconds, 300 when ms is empty, or until ctx is done.
// The error is an *input.Error when ms is no number between 0 and 10000, or
// ctx's.
func Wait(ctx context.Context, ms string) error {
	n := usual
	if ms != "" {
		var err error
		if n, err = strconv.Atoi(ms); err != nil || n < 0 || n > longest {
			return input.Errorf("ms must be a whole number between 0 and %d", longest)
		}
	}
	timer := time.NewTimer(time.Duration(n) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
