package prefork

import (
	"context"
	"time"
)

const (
	shortLife   = 5 * time.Second
	firstPause  = 100 * time.Millisecond
	longestWait = 5 * time.Second
)

// backoff says how long to wait before another worker is started: not at all
// at first, then longer and longer while workers live for a short time only.
type backoff struct{ pause time.Duration }

// next takes how long the worker lived.
func (b *backoff) next(lived time.Duration) time.Duration {
	if lived >= shortLife {
		b.pause = 0
	}
	wait := b.pause
	b.pause = min(max(2*b.pause, firstPause), longestWait)
	return wait
}

// sleep waits, or returns early when ctx is done.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
