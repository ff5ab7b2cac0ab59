//go:build unix

package tests

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores"
	"github.com/gosessionkit/sessionkit/stores/moving"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

var migrated = flag.Int("migrated", 3000, "how many `sessions` that nobody asks for TestMigrateUnderTraffic moves")

// An app changes its store, either way, while visitors go on: nobody is logged
// out and no change is lost, although the command that moves the rest is killed
// half-way.
func TestMigrateUnderTraffic(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"files to Redis", "Redis to files"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, redis := t.TempDir()+"/sessions", redistest.Start(t).URL()
			old, new := []string{"--session-dir", dir}, []string{"--redis-url", redis}
			from, to := "file://"+dir, redis
			if name == "Redis to files" {
				trial.Long(t)
				old, new, from, to = new, old, to, from
			}
			common := []string{"--secret-key", doctorKey, "--workers", "3", "--debug-endpoints"}
			before := trial.Start(t, "chi", append(common, old...)...)
			visitors := loggedIn(before, 12)
			before.Stop()
			fill(t, from, *migrated)
			app := trial.Start(t, "chi", append(append(common, new...), "--session-migrate-from", from)...)

			stop := make(chan struct{})
			var counts sync.WaitGroup
			want := make([]atomic.Int64, len(visitors))
			for i, v := range visitors {
				b := v.Clone(app.URL)
				visitors[i] = b
				counts.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
						}
						n, err := b.Count()
						if err != nil || int64(n) != want[i].Add(1) {
							t.Errorf("visitor %d counts %d, want %d: %v", i, n, want[i].Load(), err)
							return
						}
					}
				})
			}
			killHalfway(t, from, to)
			out, stderr, exit := trial.Command(t, "migrate", "-o", "json", "--verify", "--from", from, "--to", to)
			close(stop)
			counts.Wait()
			var r struct{ Found, Moved, Others, Verified, Differ, Failed int }
			if err := json.Unmarshal([]byte(out), &r); err != nil || exit != 0 || r.Failed+r.Differ > 0 || r.Moved == 0 || stderr != "" {
				t.Errorf("exit status %d, %+v, %v: %s", exit, r, err, stderr)
			}
			if left, _, _ := trial.Command(t, "migrate", "--dry-run", "--from", from, "--to", to); left != "would move: 0\n" {
				t.Errorf("left behind: %s", left)
			}
			for i, b := range visitors {
				if who := b.Me().Name(); who != fmt.Sprint("visitor", i) {
					t.Errorf("visitor %d is %q", i, who)
				}
			}
			if n := countIn(t, to); n != *migrated+len(visitors) {
				t.Errorf("%d sessions, want %d", n, *migrated+len(visitors))
			}
		})
	}
}

func openURL(t *testing.T, url string) moving.Backend {
	t.Helper()
	store, err := stores.OpenURL(t.Context(), url, config.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// fill stores sessions that nobody asks for.
func fill(t *testing.T, url string, n int) {
	t.Helper()
	store := openURL(t, url)
	now := time.Now()
	var wg sync.WaitGroup
	for part := range 8 {
		wg.Go(func() {
			for i := part; i < n; i += 8 {
				var id driver.ID
				copy(id[:], fmt.Sprintf("%016d", i))
				r := &driver.Record{Created: now, Deadline: now.Add(time.Hour), Expires: now.Add(time.Hour), User: fmt.Sprint("user", i)}
				if err := store.Save(t.Context(), id, r); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func countIn(t *testing.T, url string) int {
	t.Helper()
	n, exact, err := openURL(t, url).Count(t.Context())
	if err != nil || !exact {
		t.Fatal(exact, err)
	}
	return n
}

// killHalfway starts to move sessions, and is killed when some have come over.
func killHalfway(t *testing.T, from, to string) {
	t.Helper()
	trial.Command(t, "version") // builds it
	cmd := exec.CommandContext(t.Context(), filepath.Join(trial.Build(t), "sessionkit"), "migrate", "--rate", "2000", "--from", from, "--to", to)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	store := openURL(t, to)
	for ctx.Err() == nil {
		n, _, err := store.Count(ctx)
		if err != nil {
			t.Error(err)
		}
		if n > *migrated/10 {
			break
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
}

func TestMigrateRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/sessions"
	for _, c := range []struct {
		args []string
		exit int
		says string
	}{
		{[]string{"migrate", "--from", "file://" + dir, "--to", "file://" + dir}, 2, "the very store"},
		{[]string{"migrate", "--from", "file://relative", "--to", "file://" + dir}, 2, "absolute path"},
		{[]string{"migrate", "--from", "redis://:hidden@127.0.0.1:1", "--to", "file://" + dir}, 2, "connection refused"},
		{[]string{"migrate", "--to", "file://" + dir}, 64, "--from"},
		{[]string{"migrate", "--from", "file://" + dir}, 64, "--to"},
	} {
		_, stderr, exit := trial.Command(t, c.args...)
		if exit != c.exit || !strings.Contains(stderr, c.says) || strings.Contains(stderr, "hidden") {
			t.Errorf("%q: exit status %d: %s", c.args, exit, stderr)
		}
	}
}
