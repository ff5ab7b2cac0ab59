//go:build unix

package faults

import (
	"testing"
	"time"
)

// Workers are killed in the middle of whatever they do. It costs the requests
// they held.
func TestWorkersKilled(t *testing.T) {
	shared(t)
	for name, args := range map[string]func() []string{
		"file":  func() []string { return []string{"--session-dir", t.TempDir() + "/sessions"} },
		"redis": func() []string { return []string{"--redis-url", startRedis(t).URL()} },
	} {
		t.Run(name, func(t *testing.T) {
			shared(t)
			o := outcome{fault: "worker killed, " + name}
			store := args()
			for range *rounds {
				app := startApp(t, store...)
				tr := drive(t, app)
				observer := app.NewBrowser()
				for range 4 {
					pass(100 * time.Millisecond)
					var pid int
					eventually(t, "a worker answers", func() bool {
						a, err := observer.Try("GET", "/me")
						pid = pidIn(a)
						return err == nil && pid != 0
					})
					app.Kill(pid)
					o.rounds++
					o.recovery = append(o.recovery, tr.settle(time.Now()))
				}
				o.add(tr.end())
			}
			nothingLost(t, o)
			report(o)
		})
	}
}
