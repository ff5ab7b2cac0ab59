package file_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/file"
)

// open opens a store without a background sweep and without a log, and closes
// it with the test.
func open(t testing.TB, dir string) *file.Store {
	t.Helper()
	s, err := file.Open(dir, file.WithSweepInterval(-1), file.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// newDir names a folder that does not exist yet. It is in memory where the
// system has a place for that: most tests ask what the store does, not how
// fast the disk is. With TMPDIR set it is there.
func newDir(t testing.TB) string {
	t.Helper()
	if os.Getenv("TMPDIR") != "" {
		return newDirOnDisk(t)
	}
	memory, err := os.MkdirTemp("/dev/shm", "sessionkit-test-")
	if err != nil {
		return newDirOnDisk(t)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(memory); err != nil {
			t.Error(err)
		}
	})
	return filepath.Join(memory, "sessions")
}

func newDirOnDisk(t testing.TB) string { return filepath.Join(t.TempDir(), "sessions") }

func newID() (id driver.ID) {
	rand.Read(id[:])
	return id
}

// record is a new record for an hour with one value.
func record(user, key, value string) *driver.Record {
	now := time.Now()
	raw, _ := json.Marshal(value)
	return &driver.Record{
		Created:  now,
		Deadline: now.Add(24 * time.Hour),
		Expires:  now.Add(time.Hour),
		User:     user,
		Values:   driver.Values{}.With(key, raw),
	}
}

func mustSave(t testing.TB, s driver.Store, id driver.ID, r *driver.Record) {
	t.Helper()
	if err := s.Save(context.Background(), id, r); err != nil {
		t.Fatalf("save: %v", err)
	}
}

func mustLoad(t testing.TB, s driver.Store, id driver.ID) *driver.Record {
	t.Helper()
	r, err := s.Load(context.Background(), id)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return r
}

// wantErr fails the test unless err is what is wanted.
func wantErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

// pathOf is where the record of id lies.
func pathOf(dir string, id driver.ID) string {
	return filepath.Join(dir, "sessions", id.Hex()[:2], id.Hex()+".json")
}

// marker is where the index says that a session is the user's.
func marker(dir, user string, id driver.ID) string {
	return filepath.Join(dir, "users", fmt.Sprintf("%x", driver.Owner{User: user}.Tag()), id.Hex())
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// filesBelow lists files by their path below dir, without lock files.
func filesBelow(t testing.TB, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(path, ".lock") {
			names = append(names, strings.TrimPrefix(path, dir+string(filepath.Separator)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// expire lets the record's time be over.
func expire(t testing.TB, path string) {
	t.Helper()
	past := time.Now().Add(-time.Second)
	if err := os.Chtimes(path, past, past); err != nil {
		t.Fatal(err)
	}
}

// eventually waits until ok says so, for a minute at most.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("timed out: %s", what)
		}
	}
}

// ids collects the ids of a sequence.
func ids(t testing.TB, seq func(func(driver.Entry, error) bool)) map[driver.ID]*driver.Record {
	t.Helper()
	found := map[driver.ID]*driver.Record{}
	for e, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		if found[e.ID] != nil {
			t.Fatalf("%v was listed twice", e.ID)
		}
		found[e.ID] = e.Record
	}
	return found
}
