package debug

import (
	"sync/atomic"
	"time"
)

// So many wrong tokens are answered at once, and then one each interval.
const (
	wrongBurst    = 10
	wrongInterval = 6 * time.Second
)

// throttle slows callers down, all together and with one number, however many
// they are (the generic cell rate algorithm).
type throttle struct {
	free atomic.Int64 // when nothing of the burst is used any more, Unix nanoseconds
}

// take uses one up and returns 0, or how long to wait until there is one.
func (t *throttle) take(now time.Time) (wait time.Duration) {
	for {
		before := t.free.Load()
		used := time.Duration(before - now.UnixNano())
		if used < 0 || used > wrongBurst*wrongInterval { // the clock was set back
			used = 0
		}
		if wait := used - (wrongBurst-1)*wrongInterval; wait > 0 {
			return wait
		}
		if t.free.CompareAndSwap(before, now.Add(used+wrongInterval).UnixNano()) {
			return 0
		}
	}
}
