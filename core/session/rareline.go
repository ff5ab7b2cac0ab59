package session

import (
	"sync/atomic"
	"time"
)

// lineInterval is how often the log repeats what every request may cause.
const lineInterval = time.Minute

// rareLine keeps such a line from filling the log.
type rareLine struct {
	logged  atomic.Int64  // when it last was, Unix nanoseconds
	skipped atomic.Uint64 // since then
}

// due tells whether the line is to be logged now, and how many were not since
// the last one that was.
func (l *rareLine) due(at time.Time) (skipped uint64, due bool) {
	last, now := l.logged.Load(), at.UnixNano()
	// Either way: the clock may have been set back.
	if last != 0 && max(now-last, last-now) < int64(lineInterval) || !l.logged.CompareAndSwap(last, now) {
		l.skipped.Add(1)
		return 0, false
	}
	return l.skipped.Swap(0), true
}
