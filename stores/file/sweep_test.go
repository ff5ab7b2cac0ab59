package file_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/file"
)

// 40
func TestSweep(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	live, old := newID(), newID()
	mustSave(t, s, live, record("ada", "k", "v"))
	mustSave(t, s, old, record("bob", "k", "v"))
	expire(t, pathOf(dir, old))
	unfinished := pathOf(dir, live) + ".0badcafe.tmp"
	check(t, os.WriteFile(unfinished, nil, 0o600))
	foreign := filepath.Join(filepath.Dir(unfinished), "README")
	check(t, os.WriteFile(foreign, nil, 0o600))
	expire(t, foreign)

	removed, err := s.Sweep(t.Context())
	check(t, err)
	if removed != 1 {
		t.Errorf("removed %d, want 1", removed)
	}
	mustLoad(t, s, live)
	for path, want := range map[string]bool{
		pathOf(dir, old):                        false,
		unfinished:                              false,
		filepath.Dir(marker(dir, "bob", old)):   false,
		marker(dir, "ada", live):                true,
		foreign:                                 true,
		filepath.Join(dir, "sessions", ".lock"): false,
	} {
		if exists(path) != want {
			t.Errorf("%s: there %v, want %v", path, !want, want)
		}
	}
}

// More than one batch in one folder.
func TestSweepOfMany(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	id, r := newID(), record("", "k", "v")
	mustSave(t, s, id, r)
	text, err := os.ReadFile(pathOf(dir, id))
	check(t, err)
	const many = 600
	for range many {
		other := newID()
		other[0] = id[0]
		check(t, os.WriteFile(pathOf(dir, other), text, 0o600))
		expire(t, pathOf(dir, other))
	}
	removed, err := s.Sweep(t.Context())
	check(t, err)
	if removed != many {
		t.Errorf("removed %d, want %d", removed, many)
	}
	mustLoad(t, s, id)
}

// 46: the sweep looks again when it has the lock, and a touch that came
// first has saved the session.
func TestSweepLooksAgain(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	id := newID()
	mustSave(t, s, id, record("ada", "k", "v"))
	expire(t, pathOf(dir, id))
	sweepBehindLock(t, s, dir, id, func() {
		keepAlive(t, pathOf(dir, id)) // what a touch does
	})
	mustLoad(t, s, id)
}

// The same for a marker: a save has made it, and not yet its session.
func TestSweepLooksAgainForMarkers(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	id := newID()
	mustSave(t, s, id, record("ada", "k", "v"))
	aside := filepath.Join(dir, "aside")
	check(t, os.Rename(pathOf(dir, id), aside))
	sweepBehindLock(t, s, dir, id, func() {
		check(t, os.Rename(aside, pathOf(dir, id)))
	})
	if found := ids(t, s.ByUser(t.Context(), driver.Owner{User: "ada"})); found[id] == nil {
		t.Fatal("the session is not in the index")
	}
}

// sweepBehindLock begins a sweep while another process holds the lock that it
// needs, and lets go of the lock when change is done.
func sweepBehindLock(t *testing.T, s *file.Store, dir string, id driver.ID, change func()) {
	t.Helper()
	release := holdLock(t, filepath.Join(filepath.Dir(pathOf(dir, id)), ".lock"))
	swept := make(chan error)
	go func() {
		_, err := s.Sweep(t.Context())
		swept <- err
	}()
	eventually(t, "the sweep waits for the lock", func() bool { return s.Waiting(id) })
	change()
	release()
	check(t, <-swept)
}

func TestBackgroundSweep(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s, err := file.Open(dir, file.WithSweepInterval(time.Millisecond))
	check(t, err)
	defer s.Close()
	id := newID()
	mustSave(t, s, id, record("ada", "k", "v"))
	expire(t, pathOf(dir, id))
	eventually(t, "the expired session is removed", func() bool { return !exists(pathOf(dir, id)) })
	eventually(t, "the user's folder is removed", func() bool { return !exists(filepath.Dir(marker(dir, "ada", id))) })
	check(t, s.Close())
	check(t, s.Close())

	// After Close nobody sweeps.
	other := open(t, dir)
	mustSave(t, other, id, record("ada", "k", "v"))
	expire(t, pathOf(dir, id))
	_, err = s.Sweep(t.Context())
	wantErr(t, err, driver.ErrClosed)
	if !exists(pathOf(dir, id)) {
		t.Error("swept after Close")
	}
}

// Of several processes one sweeps, and no other until the interval is over.
func TestOneProcessSweeps(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	watched, err := file.Open(dir, file.WithSweepInterval(5*time.Millisecond))
	check(t, err)
	defer watched.Close()
	stamp := filepath.Join(dir, ".sweep.lock")
	eventually(t, "a sweep", func() bool { return exists(stamp) })

	release := holdLock(t, stamp)
	before := modTime(t, stamp)
	id := newID()
	mustSave(t, watched, id, record("", "k", "v"))
	expire(t, pathOf(dir, id))
	for range 10 { // intervals
		<-time.After(5 * time.Millisecond)
	}
	if !modTime(t, stamp).Equal(before) || !exists(pathOf(dir, id)) {
		t.Error("two processes sweep at once")
	}
	later := time.Now().Add(-time.Millisecond)
	check(t, os.Chtimes(stamp, later, later))
	release()
	eventually(t, "the next sweep", func() bool { return !exists(pathOf(dir, id)) })
}

func TestChoreIsDue(t *testing.T) {
	t.Parallel()
	stamp := filepath.Join(t.TempDir(), "stamp")
	check(t, os.WriteFile(stamp, nil, 0o600))
	for _, tc := range []struct {
		age  time.Duration
		want bool
	}{
		{0, false},
		{50 * time.Minute, false},
		{55 * time.Minute, true}, // or a ticker a moment early would skip a turn
		{48 * time.Hour, true},
		{-time.Hour, true}, // the clock was set back
	} {
		then := time.Now().Add(-tc.age)
		check(t, os.Chtimes(stamp, then, then))
		if due, err := file.TakeTurn(stamp, time.Hour); due != tc.want || err != nil {
			t.Errorf("%v after the last: due %v, error %v, want %v", tc.age, due, err, tc.want)
		}
		if again, err := file.TakeTurn(stamp, time.Hour); again || err != nil {
			t.Errorf("%v after the last: due a second time, error %v", tc.age, err)
		}
	}
}

func modTime(t *testing.T, path string) time.Time {
	t.Helper()
	info, err := os.Stat(path)
	check(t, err)
	return info.ModTime()
}

// holdLock takes a lock as another process would, and returns what lets go
// of it.
func holdLock(t testing.TB, path string) (release func()) {
	t.Helper()
	lock := flock.New(path)
	eventually(t, "the lock is free", func() bool {
		ok, err := lock.TryLock()
		check(t, err)
		return ok
	})
	return func() { check(t, lock.Unlock()) }
}
