package file_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

var ada = driver.Owner{User: "ada"}

func wantEnded(t *testing.T, s driver.Store, id driver.ID) {
	t.Helper()
	if r, err := s.Load(t.Context(), id); !errors.Is(err, driver.ErrNotFound) {
		t.Errorf("session %s: %+v, %v", id.Short(), r, err)
	}
}

// All sessions of a user end also when the index was lost.
func TestRevokeWithALostIndex(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	first, second, third := newID(), newID(), newID()
	mustSave(t, s, first, record("ada", "k", "v"))
	mustSave(t, s, second, record("ada", "k", "v"))
	check(t, os.RemoveAll(filepath.Join(dir, "users")))
	mustSave(t, s, third, record("ada", "k", "v"))
	_, err := s.Revoke(t.Context(), ada, nil)
	check(t, err)
	for _, id := range []driver.ID{first, second, third} {
		wantEnded(t, s, id)
		late := record("ada", "k", "v")
		late.Revision = 1
		if err := s.Save(t.Context(), id, late); !errors.Is(err, driver.ErrGone) {
			t.Errorf("a late save: %v", err)
		}
	}
	if n, more, err := s.RemoveRevoked(t.Context(), ada, 10); n != 1 || more || err != nil {
		t.Errorf("removed %d, %v, %v; want the one that the index knew", n, more, err)
	}
}

// A revocation that cannot be decoded brings nobody back, and locks nobody out.
func TestCorruptRevocation(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	id := newID()
	mustSave(t, s, id, record("ada", "k", "v"))
	_, err := s.Revoke(t.Context(), ada, nil)
	check(t, err)
	files, err := filepath.Glob(filepath.Join(dir, "ended", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("revocations: %v, %v", files, err)
	}
	info, err := os.Stat(files[0])
	check(t, err)
	for _, text := range []string{"", "nonsense", "-1", "18446744073709551616"} {
		check(t, os.WriteFile(files[0], []byte(text), 0o600))
		check(t, os.Chtimes(files[0], time.Time{}, info.ModTime()))
		wantEnded(t, s, id)
		again := record("ada", "k", "v")
		err := s.Save(t.Context(), newID(), again)
		revoked, ok := errors.AsType[*driver.RevokedError](err)
		if !ok {
			t.Fatalf("%q: %v", text, err)
		}
		again.Generation = revoked.Generation
		mustSave(t, s, newID(), again)
	}
}

// What a process left that was killed while it removed revoked sessions, a
// sweep removes, but for those that were kept.
func TestSweepEndsARemoval(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	gone, kept := newID(), newID()
	mustSave(t, s, gone, record("ada", "k", "v"))
	mustSave(t, s, kept, record("ada", "k", "v"))
	r, err := s.Load(t.Context(), kept)
	check(t, err)
	_, err = s.Revoke(t.Context(), ada, []driver.Entry{{ID: kept, Record: r}})
	check(t, err)
	folders, _ := filepath.Glob(filepath.Join(dir, "ending", "*"))
	if len(folders) != 1 {
		t.Fatalf("folders: %v", folders)
	}
	hour := time.Now().Add(-2 * time.Hour)
	check(t, os.Chtimes(folders[0], hour, hour))
	_, err = s.Sweep(t.Context())
	check(t, err)
	if exists(pathOf(dir, gone)) || !exists(pathOf(dir, kept)) || exists(folders[0]) {
		t.Errorf("after the sweep: gone %v, kept %v, folder %v", exists(pathOf(dir, gone)), exists(pathOf(dir, kept)), exists(folders[0]))
	}
	if found := ids(t, s.ByUser(t.Context(), ada)); len(found) != 1 || found[kept] == nil {
		t.Errorf("found %v", found)
	}
}

// What a store remembers of renewed sessions and revocations has an end.
func TestWhatIsRemembered(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	id, r := newID(), record("ada", "k", "v")
	mustSave(t, s, id, r)
	r.Successor = newID()
	mustSave(t, s, id, r)
	_, err := s.Revoke(t.Context(), ada, nil)
	check(t, err)
	if _, err := s.Load(t.Context(), id); !isRenewed(err) {
		t.Fatalf("Load: %v", err)
	}
	for pattern, most := range map[string]time.Duration{"sessions/*/*.renewed": driver.RenewedFor, "ended/*": driver.RevocationTTL} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) != 1 {
			t.Fatalf("%s: %v, %v", pattern, files, err)
		}
		info, err := os.Stat(files[0])
		check(t, err)
		if left := time.Until(info.ModTime()); left > most || left < most/2 {
			t.Errorf("%s is of use for %v, want %v", pattern, left, most)
		}
		expire(t, files[0])
	}
	if _, err := s.Load(t.Context(), id); err != driver.ErrNotFound {
		t.Errorf("after a minute: %v", err)
	}
	n, err := s.Sweep(t.Context())
	check(t, err)
	if n != 0 {
		t.Errorf("the sweep counts %d sessions", n)
	}
	for _, pattern := range []string{"sessions/*/*.renewed", "ended/*"} {
		if files, _ := filepath.Glob(filepath.Join(dir, pattern)); len(files) != 0 {
			t.Errorf("left: %v", files)
		}
	}
}

func isRenewed(err error) bool {
	_, ok := errors.AsType[*driver.RenewedError](err)
	return ok
}
