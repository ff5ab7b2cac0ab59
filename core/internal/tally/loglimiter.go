package tally

import (
	"sync/atomic"
	"time"
)

const lineInterval = time.Minute

// LogLimiter keeps a line that every request may cause from filling the log. The
// zero LogLimiter is ready for use, also by several goroutines.
type LogLimiter struct {
	logged  atomic.Int64  // when it last was, Unix nanoseconds
	skipped atomic.Uint64 // since then
}

// Due reports whether the line is to be logged now, and how many were not since
// the last one that was.
func (l *LogLimiter) Due(at time.Time) (skipped uint64, due bool) {
	last, now := l.logged.Load(), at.UnixNano()
	// Either way: the clock may have been set back.
	if last != 0 && max(now-last, last-now) < int64(lineInterval) || !l.logged.CompareAndSwap(last, now) {
		l.skipped.Add(1)
		return 0, false
	}
	return l.skipped.Swap(0), true
}
