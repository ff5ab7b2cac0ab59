package file_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/file"
)

// 105: somebody tidies up at run time. Sessions are gone then, and new ones
// work.
func TestFoldersRemovedAtRunTime(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"", "sessions", "sessions/*", "sessions/*/.lock", "users", "users/*"} {
		t.Run("DIR/"+what, func(t *testing.T) {
			t.Parallel()
			dir := newDir(t)
			s := open(t, dir)
			id, r := newID(), record("ada", "k", "v")
			mustSave(t, s, id, r)
			paths, err := filepath.Glob(filepath.Join(dir, what))
			check(t, err)
			for _, path := range paths {
				check(t, os.RemoveAll(path))
			}
			_, err = s.Load(t.Context(), id)
			switch gone := !exists(pathOf(dir, id)); {
			case gone:
				wantErr(t, err, session.ErrNotFound)
				wantErr(t, s.Save(t.Context(), id, r), session.ErrGone)
				check(t, s.Delete(t.Context(), id))
			default:
				mustSave(t, s, id, r)
			}
			_, err = s.Sweep(t.Context())
			check(t, err)
			if found := ids(t, s.All(t.Context())); len(found) > 1 {
				t.Fatalf("found %v", found)
			}
			other := newID()
			mustSave(t, s, other, record("bob", "k", "v"))
			mustLoad(t, s, other)
			if found := ids(t, s.ByUser(t.Context(), "bob")); len(found) != 1 {
				t.Fatalf("bob has %d sessions", len(found))
			}
			check(t, s.Ping(t.Context()))
			_, err = s.Identify(t.Context(), session.Origin{1})
			check(t, err)
			wantModes(t, dir)
		})
	}
}

// A save that meets the removal may fail, but says why; the next one works.
func TestFolderRemovedWhileSaving(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	through := make(chan struct{})
	saving := make(chan error, 1)
	go func() {
		for {
			err := s.Save(t.Context(), newID(), record("ada", "k", "v"))
			if errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
			select {
			case <-through:
				saving <- err
				return
			default:
				if err != nil {
					saving <- err
					return
				}
			}
		}
	}()
	for range 20 {
		eventually(t, "a session is saved", func() bool { return exists(filepath.Join(dir, "users")) })
		os.RemoveAll(dir) // may fail: files appear while it runs
	}
	close(through)
	check(t, <-saving)
	id := newID()
	mustSave(t, s, id, record("ada", "k", "v"))
	mustLoad(t, s, id)
}

// Somebody else puts a folder in the place of ours, as anybody can in /tmp
// once ours is gone: his sessions log nobody in, and he gets none of ours.
func TestFolderTakenOver(t *testing.T) {
	t.Parallel()
	needsRoot(t)
	dir := newDir(t)
	s := open(t, dir)
	id, r := newID(), record("ada", "k", "v")
	mustSave(t, s, id, r)
	lock := filepath.Join(filepath.Dir(pathOf(dir, id)), ".lock")
	for _, withLock := range []bool{true, false} {
		check(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			return errors.Join(err, os.Chown(path, stranger, -1))
		}))
		if !withLock {
			check(t, os.Remove(lock))
		}
		wantTakenOver(t, s, id, r)
		if !withLock && exists(lock) {
			t.Error("a lock file was put into somebody else's folder")
		}
	}
	if names := filesBelow(t, filepath.Join(dir, "sessions")); len(names) != 1 {
		t.Fatalf("found %q", names)
	}
}

func wantTakenOver(t *testing.T, s *file.Store, id session.ID, r *session.Record) {
	t.Helper()
	var refused *file.FolderError
	_, err := s.Load(t.Context(), id)
	_, identifying := s.Identify(t.Context(), session.Origin{1})
	for doing, err := range map[string]error{
		"load":     err,
		"identify": identifying,
		"ping":     s.Ping(t.Context()),
		"save":     s.Save(t.Context(), id, r),
		"create":   s.Save(t.Context(), id, record("ada", "k", "v")),
		"touch":    s.Touch(t.Context(), id, r.Expires),
	} {
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v", doing, err)
		}
	}
}
