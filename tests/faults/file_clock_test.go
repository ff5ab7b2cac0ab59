//go:build linux

package faults

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/file"
)

// ahead dates every file below dir later, as if the clock had been set back
// since. A file that goes away meanwhile is left out.
func ahead(t *testing.T, dir string, by time.Duration) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return ignoreMissing(err)
		}
		info, err := d.Info()
		if err != nil {
			return ignoreMissing(err)
		}
		later := info.ModTime().Add(by)
		return ignoreMissing(os.Chtimes(path, later, later))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// sweeps makes sure that a background sweep comes, although the last one was
// an hour from now, as the clock says.
func sweeps(t *testing.T, dir string) {
	t.Helper()
	s, err := file.Open(dir, file.WithSweepInterval(100*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var id session.ID
	rand.Read(id[:])
	now := time.Now()
	r := &driver.Record{Created: now, Deadline: now.Add(time.Hour), Expires: now.Add(10 * time.Millisecond)}
	if err := s.Save(t.Context(), id, r); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "sessions", id.Hex()[:2], id.Hex()+".json")
	ahead(t, filepath.Join(dir, ".sweep.lock"), time.Hour)
	eventually(t, "the expired session is swept", func() bool { return !exists(path) })
}
