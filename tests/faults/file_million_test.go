//go:build linux

package faults

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// million is how many sessions are there before the workers start.
const million = 1_000_000

// A folder with a million sessions: workers start as fast as ever, and
// requests take as long as ever.
func TestMillionSessions(t *testing.T) {
	if !long() {
		t.Skip("takes minutes: make faults")
	}
	o := outcome{fault: "1,000,000 session files present", rounds: 1}
	small := startAndUse(t, t.TempDir()+"/sessions", &outcome{})
	dir := t.TempDir() + "/sessions"
	fill(t, dir)
	large := startAndUse(t, dir, &o)
	nothingLost(t, o)
	o.note = fmt.Sprintf("workers ready after %v, %v without them; %s", short(large), short(small), opened(t, dir))
	trial.Within(t, 2*time.Second, "longer until workers are ready than without the sessions", large-small)
	report(o)
}

// startAndUse tells how long the workers took to be ready.
func startAndUse(t *testing.T, dir string, o *outcome) time.Duration {
	t.Helper()
	begun := time.Now()
	app := startApp(t, "--session-dir", dir)
	took := time.Since(begun)
	tr := drive(t, app)
	pass(2 * time.Second)
	o.recovery = append(o.recovery, tr.settle(time.Now()))
	o.add(tr.end())
	return took
}

// fill writes the sessions as the store does, without its locks.
func fill(t *testing.T, dir string) {
	t.Helper()
	s, err := file.Open(dir, file.WithSweepInterval(-1))
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	now := time.Now().Truncate(time.Millisecond)
	r := driver.Record{Revision: 1, Created: now, Deadline: now.Add(24 * time.Hour), Expires: now.Add(24 * time.Hour),
		Values: session.Values{}.With("count", []byte("1"))}
	text := append(r.AppendJSON(nil), '\n')
	var wg sync.WaitGroup
	for half := range 2 {
		wg.Go(func() {
			for first := half; first < 256; first += 2 {
				if err := fillFolder(filepath.Join(dir, "sessions", fmt.Sprintf("%02x", first)), byte(first), text, r.Expires); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func fillFolder(folder string, first byte, text []byte, expires time.Time) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	var id session.ID
	rand.Read(id[:])
	id[0] = first
	for n := range million/256 + 1 {
		binary.BigEndian.PutUint32(id[1:], uint32(n))
		path := filepath.Join(folder, id.Hex()+".json")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return err
		}
		if err := os.Chtimes(path, expires, expires); err != nil {
			return err
		}
	}
	return nil
}

// opened tells how long the store takes for what touches a session or all.
func opened(t *testing.T, dir string) string {
	t.Helper()
	begun := time.Now()
	s, err := file.Open(dir, file.WithSweepInterval(-1))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	open := time.Since(begun)
	begun = time.Now()
	n, exact, err := s.Count(t.Context())
	if err != nil || !exact || n < million {
		t.Errorf("counted %d, exact %v, error %v", n, exact, err)
	}
	count := time.Since(begun)
	var saves, loads []time.Duration
	for range 2000 {
		var id session.ID
		rand.Read(id[:])
		now := time.Now()
		r := &driver.Record{Created: now, Deadline: now.Add(time.Hour), Expires: now.Add(time.Hour)}
		if err := s.Save(t.Context(), id, r); err != nil {
			t.Fatal(err)
		}
		saves = append(saves, time.Since(now))
		now = time.Now()
		if _, err := s.Load(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		loads = append(loads, time.Since(now))
	}
	begun = time.Now()
	if _, err := s.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
	return fmt.Sprintf("open %v, create %s, load %s, count all %v, sweep all %v",
		short(open), spread(saves), spread(loads), short(count), short(time.Since(begun)))
}
