package file_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/file"
)

// The format on disk: what an older version wrote has to be read by a newer.
func TestStoredRecord(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	id, err := driver.ParseID("00112233445566778899aabbccddeeff")
	check(t, err)
	mustSave(t, s, id, &driver.Record{
		Created:  time.UnixMilli(1_000),
		Deadline: time.UnixMilli(8_000_000_000_001),
		Expires:  time.UnixMilli(7_000_000_000_002),
		User:     "ada",
		Values:   driver.Values{}.With("n", []byte(`1`)),
	})
	path := filepath.Join(dir, "sessions", "00", "00112233445566778899aabbccddeeff.json")
	text, err := os.ReadFile(path)
	check(t, err)
	const want = `{"rev":1,"exp":7000000000002,"end":8000000000001,"iat":1000,"user":"ada","data":{"n":1}}` + "\n"
	if string(text) != want {
		t.Errorf("got  %swant %s", text, want)
	}
	info, err := os.Stat(path)
	check(t, err)
	if got := info.ModTime().UnixMilli(); got != 7_000_000_000_002 {
		t.Errorf("the file's time is %d", got)
	}
	if !exists(marker(dir, "ada", id)) {
		t.Errorf("no marker for the user: %q", filesBelow(t, dir))
	}
}

// 41
func TestTouchDoesNotRewrite(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	id := newID()
	mustSave(t, s, id, record("ada", "k", "v"))
	before, err := os.Stat(pathOf(dir, id))
	check(t, err)
	text, err := os.ReadFile(pathOf(dir, id))
	check(t, err)

	expires := time.Now().Add(3 * time.Hour).Truncate(time.Millisecond)
	check(t, s.Touch(t.Context(), id, expires))

	after, err := os.Stat(pathOf(dir, id))
	check(t, err)
	again, err := os.ReadFile(pathOf(dir, id))
	check(t, err)
	if !os.SameFile(before, after) || string(text) != string(again) {
		t.Error("a touch rewrote the file")
	}
	if !after.ModTime().Equal(expires) {
		t.Errorf("the file's time is %v, want %v", after.ModTime(), expires)
	}
	if got := mustLoad(t, s, id).Expires; !got.Equal(expires) {
		t.Errorf("loaded %v, want %v", got, expires)
	}
}

// 73: whatever the names, files appear only where they belong.
func TestNamesCannotLeaveTheFolder(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	users := []string{"../../../etc", "/etc/passwd", "..", ".", "a/b", `a\b`, "nul\x00byte", "CON", strings.Repeat("x", 10_000)}
	for _, user := range users {
		id := newID()
		mustSave(t, s, id, record(user, "../key", "../value"))
		if found := ids(t, s.ByUser(t.Context(), driver.Owner{User: user})); len(found) != 1 {
			t.Errorf("user %q has %d sessions", user, len(found))
		}
	}
	for _, name := range filesBelow(t, filepath.Dir(dir)) {
		if !strings.HasPrefix(name, "sessions"+string(filepath.Separator)) {
			t.Errorf("found %s outside of the folder", name)
		}
	}
	if n := len(filesBelow(t, dir)); n != 2*len(users) {
		t.Errorf("found %d files, want %d", n, 2*len(users))
	}
}

func TestRecordTooLarge(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	s.SetLimit(1000)
	id, r := newID(), record("", "small", "v")
	mustSave(t, s, id, r)
	large := r.Clone()
	large.Values = large.Values.With("huge", []byte(`"`+strings.Repeat("x", 1000)+`"`))
	err := s.Save(t.Context(), id, large)
	wantErr(t, err, driver.ErrTooLarge)
	if !strings.Contains(err.Error(), `"huge"`) {
		t.Errorf("the error does not name the largest key: %v", err)
	}
	if got := mustLoad(t, s, id); got.Revision != 1 || large.Revision != 1 {
		t.Errorf("stored revision %d, the caller's %d, want 1", got.Revision, large.Revision)
	}
}

func TestSync(t *testing.T) {
	t.Parallel()
	s, err := file.Open(newDirOnDisk(t), file.WithSweepInterval(-1), file.WithSync(true))
	check(t, err)
	defer s.Close()
	id, r := newID(), record("ada", "k", "v")
	mustSave(t, s, id, r)
	mustSave(t, s, id, r)
	mustLoad(t, s, id)
	check(t, s.Delete(t.Context(), id))
	_, err = s.Load(t.Context(), id)
	wantErr(t, err, driver.ErrNotFound)
}

// 84, 87: with two stores as with two processes.
func TestNoIncrementIsLost(t *testing.T) {
	t.Parallel()
	dir := newDirOnDisk(t)
	id := newID()
	const workers, rounds = 8, 15
	errs := make(chan error)
	for _, s := range []*file.Store{open(t, dir), open(t, dir)} {
		for range workers {
			go func() {
				var err error
				for range rounds {
					err = errors.Join(err, increment(t, s, id))
				}
				errs <- err
			}()
		}
	}
	for range 2 * workers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	r := mustLoad(t, open(t, dir), id)
	if r.Values.Size() != len(`{"n":""}`)+2*workers*rounds || r.Revision != 2*workers*rounds {
		t.Fatalf("revision %d, %d bytes of values after %d increments", r.Revision, r.Values.Size(), 2*workers*rounds)
	}
}

// increment makes the string "n" one longer.
func increment(t testing.TB, s *file.Store, id driver.ID) error {
	r, err := s.Load(t.Context(), id)
	if errors.Is(err, driver.ErrNotFound) {
		r, err = record("", "n", ""), nil
	}
	for err == nil {
		raw, _ := r.Values.Get("n")
		next := r.Clone()
		next.Values = r.Values.With("n", []byte(raw[:len(raw)-1]+`x"`))
		err = s.Save(t.Context(), id, next)
		var conflict *driver.ConflictError
		if !errors.As(err, &conflict) {
			return err
		}
		r, err = conflict.Current, nil
	}
	return err
}
