package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/file"
)

// sweepInterval is short, so that the sweep begins soon; its pace is that of
// the default.
const sweepInterval = 5 * time.Second

// sweepWatched bounds how long a sweep is watched.
const sweepWatched = 40 * time.Second

// measureSweep has all sessions of a folder expire, opens the folder anew, and
// reads and writes a live session while the others are swept.
func measureSweep(ctx context.Context, dir string, c *crowd) (string, error) {
	if err := expireAll(dir); err != nil {
		return "", err
	}
	begin := time.Now()
	store, err := file.Open(dir, file.WithSweepInterval(sweepInterval))
	if err != nil {
		return "", err
	}
	defer store.Close()
	opened := time.Since(begin)
	id, err := create(ctx, store, 300)
	if err != nil {
		return "", err
	}
	total := len(c.ids)
	quiet, err := visits(ctx, store, id, func(n int) bool { return n < scaleWrites })
	if err != nil {
		return "", err
	}
	// Folders are swept one after the other, so these two tell how far it is.
	first, last := filepath.Join(dir, "sessions", "00"), filepath.Join(dir, "sessions", "ff")
	if sessionsIn(first) == 0 {
		return "", fmt.Errorf("no sessions in %s", first)
	}
	if _, err := visits(ctx, store, id, func(n int) bool { return n%200 != 0 || sessionsIn(first) > 1 }); err != nil {
		return "", err
	}
	begin = time.Now()
	through := false
	busy, err := visits(ctx, store, id, func(n int) bool {
		if n%200 == 0 {
			through = sessionsIn(last) <= 1
		}
		return !through && time.Since(begin) < sweepWatched
	})
	if err != nil {
		return "", err
	}
	took := time.Since(begin)
	t := newTable("file store", fmt.Sprintf("%d expired sessions", total))
	t.row("start-up, ms").add("%.1f", float64(opened.Microseconds())/1000)
	swept := total - remaining(filepath.Join(dir, "sessions"))
	t.row("background sweep, sessions removed a second").add("%.0f", float64(swept)/took.Seconds())
	t.row("reading and writing a session before, µs: median / 99 %").add("%s", quiet)
	t.row("during the sweep").add("%s", busy)
	return t.String(), nil
}

// visits reads and writes one session as long as more says so.
func visits(ctx context.Context, store driver.Store, id session.ID, more func(n int) bool) (latency, error) {
	var took []time.Duration
	for len(took) == 0 || more(len(took)) {
		begin := time.Now()
		if err := rewrite(ctx, store, id); err != nil {
			return latency{}, err
		}
		took = append(took, time.Since(begin))
	}
	return latencyOf(took), nil
}

// remaining counts the records in all folders.
func remaining(dir string) (n int) {
	folders, _ := os.ReadDir(dir)
	for _, f := range folders {
		n += sessionsIn(filepath.Join(dir, f.Name()))
	}
	return n
}

// sessionsIn counts the records in a folder.
func sessionsIn(dir string) (n int) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), recordSuffix) {
			n++
		}
	}
	return n
}

// recordSuffix is how the file store names its records.
const recordSuffix = ".json"

// expireAll moves every session's end, which is its file's time, to the past.
func expireAll(dir string) error {
	past := time.Now().Add(-24 * time.Hour)
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, recordSuffix) {
			return err
		}
		return os.Chtimes(path, past, past)
	})
}
