package file_test

import (
	"errors"
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

// 105: somebody tidies up at run time. New sessions work at once; the others
// are given up when the store has waited for them.
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
			other := newID()
			other[0] = id[0] + 1
			mustSave(t, s, other, record("bob", "k", "v"))
			mustLoad(t, s, other)
			if found := ids(t, s.ByUser(t.Context(), driver.Owner{User: "bob"})); len(found) != 1 {
				t.Fatalf("bob has %d sessions", len(found))
			}
			_, err = s.Sweep(t.Context())
			check(t, err)
			s.GiveUp()
			check(t, s.Ping(t.Context()))
			_, err = s.Load(t.Context(), id)
			switch gone := !exists(pathOf(dir, id)); {
			case gone:
				wantErr(t, err, driver.ErrNotFound)
				wantErr(t, s.Touch(t.Context(), id, r.Expires), driver.ErrNotFound)
				wantErr(t, s.Save(t.Context(), id, r), driver.ErrGone)
				check(t, s.Delete(t.Context(), id))
			default:
				mustSave(t, s, id, r)
			}
			if found := ids(t, s.All(t.Context())); found[other] == nil || len(found) > 2 {
				t.Fatalf("found %v", found)
			}
			_, err = s.Identify(t.Context(), driver.StoreID{1})
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

func wantTakenOver(t *testing.T, s *file.Store, id driver.ID, r *driver.Record) {
	t.Helper()
	var refused *file.FolderError
	_, err := s.Load(t.Context(), id)
	_, identifying := s.Identify(t.Context(), driver.StoreID{1})
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

// Whoever may write in the store's folder can move a session away before its
// logout and back afterwards. So sessions are made in no folder but a private
// one, and none is used where it is found out later.
func TestFolderReplaced(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		at   string // below the store's folder
		mode fs.FileMode
		uid  int
	}{
		"open to others":                    {"", 0o777, os.Geteuid()},
		"readable by others":                {"", 0o755, os.Geteuid()},
		"somebody else's":                   {"", 0o700, stranger},
		"somebody else's and open":          {"", 0o777, stranger},
		"somebody else's sessions and open": {"sessions", 0o777, stranger},
		"somebody else's users":             {"users", 0o700, stranger},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.uid == stranger {
				needsRoot(t)
			}
			dir := newDir(t)
			s := open(t, dir)
			id, r := newID(), record("ada", "k", "v")
			mustSave(t, s, id, r)
			check(t, os.RemoveAll(dir))
			check(t, os.MkdirAll(filepath.Join(dir, tc.at), 0o700))
			replaced := filepath.Join(dir, tc.at)
			check(t, os.Chmod(replaced, tc.mode))
			check(t, os.Chown(replaced, tc.uid, -1))

			var refused *file.FolderError
			err := s.Save(t.Context(), newID(), record("ada", "k", "v"))
			if !errors.As(err, &refused) || refused.Dir != replaced {
				t.Errorf("saved into it: %v", err)
			}
			if names := filesBelow(t, dir); len(names) != 0 {
				t.Errorf("found %q", names)
			}
			check(t, os.RemoveAll(dir))
			mustSave(t, s, id, record("ada", "k", "v"))
			mustLoad(t, s, id)
			wantModes(t, dir)
		})
	}
}

// A replacement with folders of ours in it is found by the next look, and
// used again once it is private.
func TestReplacedFolderIsFound(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	var log logBuffer
	s, err := file.Open(dir, file.WithSweepInterval(5*time.Millisecond), file.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	check(t, err)
	defer s.Close()
	id, r := newID(), record("ada", "k", "v")
	mustSave(t, s, id, r)
	check(t, os.Chmod(dir, 0o777))
	eventually(t, "it is refused", func() bool {
		_, err := s.Load(t.Context(), id)
		return err != nil
	})
	wantTakenOver(t, s, id, r)
	eventually(t, "it is logged", func() bool { return strings.Contains(log.String(), "chmod 700 "+dir) })
	check(t, os.Chmod(dir, 0o700))
	mustLoad(t, s, id)
	mustSave(t, s, id, r)
}
