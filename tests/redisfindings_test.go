//go:build unix

package tests

import (
	"strconv"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// What is wrong with a real Redis is found.
func TestRedisFindings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id    string // of the finding
		redis []string
		later func(t *testing.T, server *redistest.Server) // once the app runs
	}{
		{id: "redis-no-persistence"},
		{id: "redis-evicts", redis: []string{"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"}},
		{id: "redis-memory", later: func(_ *testing.T, server *redistest.Server) {
			server.Do("SETRANGE", "other", strconv.Itoa(20<<20), "x") // so that a few clients more or less do not matter; sent as it is, it would take room for a while
			_, used, _ := strings.Cut(server.Do("INFO", "memory").(string), "used_memory:")
			used, _, _ = strings.Cut(used, "\r\n")
			n, _ := strconv.Atoi(used)
			server.Do("CONFIG", "SET", "maxmemory", strconv.Itoa(n/95*100))
		}},
		{id: "redis-full", later: func(_ *testing.T, server *redistest.Server) {
			server.Do("CONFIG", "SET", "maxmemory", "1")
		}},
		{id: "redis-replica", later: func(t *testing.T, server *redistest.Server) {
			server.Do("REPLICAOF", "127.0.0.1", redistest.Start(t).Port())
		}},
	} {
		t.Run(c.id, func(t *testing.T) {
			routers(t, func(t *testing.T, router string) {
				server := redistest.Start(t, c.redis...)
				app := trial.Start(t, router, "--workers", "1", "--debug-endpoints", "--secret-key", secret, "--redis-url", server.URL())
				if c.later != nil {
					c.later(t, server)
				}
				if r := report[debug.ConfigReport](t, app.NewBrowser(), "/debug/config"); !found(r, c.id) {
					t.Errorf("findings: %+v", r.Findings)
				}
			})
		})
	}
}

// A healthy set-up has no finding that is worth a warning.
func TestHealthyHasNoFindings(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		server := redistest.Start(t, "--appendonly", "yes", "--requirepass", "hunter2hunter2")
		app := trial.Start(t, router, "--workers", "2", "--debug-endpoints", "--secret-key", "pq8Yf0b8m2H6kVw1cT4nZs9eRj5uXa3LdG7oQi2By0E=",
			"--redis-url", "redis://:hunter2hunter2@"+server.Addr+"/0")
		r := report[debug.ConfigReport](t, app.NewBrowser(), "/debug/config")
		for _, f := range r.Findings {
			if f.Severity != "info" {
				t.Errorf("%s: %s", f.ID, f.Message)
			}
		}
	})
}
