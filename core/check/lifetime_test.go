package check_test

import (
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
)

func lives(lifetime, idle time.Duration) func(*check.Facts) {
	return func(f *check.Facts) { f.Config.Lifetime, f.Config.IdleTimeout = lifetime, idle }
}

var lifetimeExamples = []example{
	{id: "lifetime-short", name: "seconds for minutes", change: lives(30*time.Second, 0), found: true, words: []string{"--session-lifetime is 30s", "30m are minutes"}},
	{id: "lifetime-short", name: "no use", change: lives(12*time.Hour, 20*time.Second), found: true, words: []string{"--session-idle-timeout is 20s", "its last use", "20m are minutes"}},
	{id: "lifetime-short", name: "strict, and meant", change: lives(5*time.Minute, 2*time.Minute)},
}
