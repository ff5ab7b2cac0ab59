package check_test

import (
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
)

// since is a worker that has run for so long, and took a session over so long ago;
// 0: never.
func since(started, last time.Duration, until time.Time) func(*check.Facts) {
	return func(f *check.Facts) {
		f.Self.Started = noon.Add(-started)
		f.Workers[0] = f.Self
		f.Observed.Predecessor = &check.Predecessor{Until: until}
		if last > 0 {
			f.Observed.Predecessor.Last = noon.Add(-last)
		}
	}
}

var predecessorExamples = []example{
	{id: "predecessor-done", name: "none for long", change: since(72*time.Hour, 25*time.Hour, time.Time{}), found: true, words: []string{"2026-02-28 11:00:00 UTC", "--session-lifetime (SESSION_LIFETIME)"}},
	{id: "predecessor-done", name: "never", change: since(25*time.Hour, 0, time.Time{}), found: true, words: []string{"2026-02-28 11:00:00"}},
	{id: "predecessor-done", name: "lately", change: since(72*time.Hour, time.Hour, noon.Add(time.Hour))},
	{id: "predecessor-done", name: "just started", change: since(time.Hour, 0, time.Time{})},
	{id: "predecessor-done", name: "its date has passed", change: since(time.Hour, time.Minute, noon), found: true, words: []string{"since 2026-03-01", "session.WithPredecessor"}},
}
