package diagnose

import (
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
)

// recent counts what requests show of the set-up, without a lock. See
// [check.Recent].
type recent struct {
	count atomic.Uint64
	last  atomic.Int64 // Unix nanoseconds
}

// forgetAfter is how long after the last sighting they are forgotten.
const forgetAfter = time.Hour

// add notes one, and returns how many there are now. Of those that end an hour
// without any at the same moment some may not be counted.
func (s *recent) add(now time.Time) uint64 {
	if last := s.last.Swap(now.UnixNano()); now.UnixNano()-last >= int64(forgetAfter) {
		s.count.Store(1)
		return 1
	}
	return s.count.Add(1)
}

// since is what the rules look at.
func (s *recent) since(now time.Time) check.Recent {
	ago := now.Sub(time.Unix(0, s.last.Load()))
	if ago >= forgetAfter {
		return check.Recent{}
	}
	return check.Recent{Count: s.count.Load(), Ago: max(ago, 0)}
}
