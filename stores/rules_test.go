package stores_test

import (
	"encoding/json"
	"flag"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9/logging"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// start does what an app does with its command line.
func start(t *testing.T, args []string, options ...session.Option) *session.Manager {
	t.Helper()
	args = append([]string{"--mode=development", "--secret-key", "kW2vN8xQ4mZ7pR1tY6uB3cD9fG5hJ0aL2sE8iO4nX7w="}, args...)
	cfg, err := config.Parse(flag.NewFlagSet("", flag.ContinueOnError), args, config.WithEnvPrefix("NOBODY_SETS"))
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	store, err := stores.Open(t.Context(), cfg, stores.WithLogger(quiet))
	if err != nil {
		t.Fatal(err)
	}
	m, err := session.NewManager(t.Context(), cfg, store, append(options, session.WithLogger(quiet))...)
	if err != nil {
		store.Close()
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// wantFinding fails unless the manager finds it, or not, as wanted.
func wantFinding(t *testing.T, m *session.Manager, id string, want bool) {
	t.Helper()
	var ids []string
	found := false
	for _, f := range m.Diagnostics().Findings(t.Context()) {
		ids = append(ids, f.ID)
		found = found || f.ID == id
	}
	if found != want {
		t.Errorf("%s: found %v, want %v, in %q", id, found, want, ids)
	}
}

// What only a real Redis can show.
func TestFindingsOnRedis(t *testing.T) {
	t.Parallel()
	logging.Disable() // the client's own
	limited := redistest.Start(t, "--maxmemory", "100mb", "--maxmemory-policy", "noeviction")
	free := redistest.Start(t, "--maxmemory-policy", "noeviction")
	wantFinding(t, start(t, []string{"--redis-url", limited.URL()}), "redis-refuses", true)
	healthy := start(t, []string{"--redis-url", free.URL(), "--session-fallback=file"})
	wantFinding(t, healthy, "redis-refuses", false)
	wantFinding(t, healthy, "store-fallback", false)

	nobody := "redis://127.0.0.1:" + redistest.FreePort(t)
	fallen := start(t, []string{"--redis-url", nobody, "--session-fallback=file", "--session-dir", filepath.Join(t.TempDir(), "s")})
	wantFinding(t, fallen, "store-fallback", true)
}

// Workers that are not there, and workers that are not alike, on one folder
// and in one Redis.
func TestFindingsOfWorkers(t *testing.T) {
	t.Parallel()
	for name, shared := range map[string][]string{
		"files": {"--session-dir", filepath.Join(t.TempDir(), "sessions")},
		"redis": {"--redis-url", redistest.Start(t).URL()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var late atomic.Int64 // what the clock is ahead
			m := start(t, append(shared, "--workers=2"), session.WithClock(func() time.Time {
				return time.Now().Add(time.Duration(late.Load()))
			}))
			wantFinding(t, m, "workers-missing", false) // it has just started
			late.Store(int64(worker.TTL))
			wantFinding(t, m, "workers-missing", true)

			other := m.Diagnostics().Worker()
			other.ID, other.PIDSpace, other.PID = "0a1b2c3d", "", other.PID+1
			announces(t, m, other)
			for _, id := range []string{"workers-missing", "workers-version", "secret-key-fallbacks", "file-hosts"} {
				wantFinding(t, m, id, false)
			}
			other.Version, other.Host, other.Keys = "v0.0.1", "another-host", append(other.Keys, "00112233")
			announces(t, m, other)
			wantFinding(t, m, "workers-version", true)
			wantFinding(t, m, "secret-key-fallbacks", true)
			wantFinding(t, m, "file-hosts", name == "files")
		})
	}
}

// announces has a worker say that it is alive.
func announces(t *testing.T, m *session.Manager, info worker.Info) {
	t.Helper()
	raw, err := json.Marshal(info)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Store().(driver.Registry).Announce(t.Context(), info.ID, raw, worker.TTL); err != nil {
		t.Fatal(err)
	}
}
