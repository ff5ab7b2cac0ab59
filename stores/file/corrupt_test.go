package file_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/file"
)

// logBuffer collects log lines.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// openLogged opens a store that logs into a buffer.
func openLogged(t testing.TB, dir string) (*file.Store, *logBuffer) {
	t.Helper()
	var log logBuffer
	s, err := file.Open(dir, file.WithSweepInterval(-1), file.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	check(t, err)
	t.Cleanup(func() { s.Close() })
	return s, &log
}

// spoilers turn a record into something that is none.
var spoilers = map[string]func(t *testing.T, path string){
	"garbage":   func(t *testing.T, path string) { corrupt(t, path, "hunter2 is not JSON") },
	"empty":     func(t *testing.T, path string) { corrupt(t, path, "") },
	"truncated": func(t *testing.T, path string) { corrupt(t, path, `{"rev":1,"exp":70000`) },
	"no time":   func(t *testing.T, path string) { corrupt(t, path, `{"rev":1,"data":{}}`) },
	"garbage with a time of now": func(t *testing.T, path string) {
		check(t, os.WriteFile(path, []byte("hunter2"), 0o600))
	},
	"too large": func(t *testing.T, path string) {
		corrupt(t, path, "")
		check(t, os.Truncate(path, 64<<20+1)) // takes no room on the disk
		keepAlive(t, path)
	},
	"a folder": func(t *testing.T, path string) {
		check(t, os.Remove(path))
		check(t, os.Mkdir(path, 0o700))
	},
	"a link": func(t *testing.T, path string) {
		check(t, os.Rename(path, path+"2"))
		check(t, os.Symlink(path+"2", path))
	},
	"somebody else's": func(t *testing.T, path string) {
		needsRoot(t)
		check(t, os.Chown(path, stranger, -1))
	},
}

func keepAlive(t *testing.T, path string) {
	t.Helper()
	later := time.Now().Add(time.Hour)
	check(t, os.Chtimes(path, later, later))
}

// 104, 113
func TestCorruptIsSetAside(t *testing.T) {
	t.Parallel()
	for name, spoil := range spoilers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newDir(t)
			s, log := openLogged(t, dir)
			id, r := newID(), record("ada", "k", "v")
			mustSave(t, s, id, r)
			spoil(t, pathOf(dir, id))

			_, err := s.Load(t.Context(), id)
			wantErr(t, err, driver.ErrNotFound)
			aside, err := filepath.Glob(filepath.Join(dir, "corrupt", id.Hex()+".*"))
			check(t, err)
			if len(aside) != 1 || exists(pathOf(dir, id)) {
				t.Fatalf("set aside: %q", aside)
			}
			text := log.String()
			if strings.Count(text, "\n") != 1 || !strings.Contains(text, "session="+id.Short()) {
				t.Errorf("log: %s", text)
			}
			for _, secret := range []string{id.Hex(), id.String(), "hunter2"} {
				if strings.Contains(text, secret) {
					t.Errorf("the log holds %q: %s", secret, text)
				}
			}
			_, err = s.Load(t.Context(), id)
			wantErr(t, err, driver.ErrNotFound)
			mustSave(t, s, id, record("", "k", "new"))
			mustLoad(t, s, id)
		})
	}
}

func TestSaveOverCorrupt(t *testing.T) {
	t.Parallel()
	for name, spoil := range spoilers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newDir(t)
			s, _ := openLogged(t, dir)
			id, r := newID(), record("ada", "k", "v")
			mustSave(t, s, id, r)
			spoil(t, pathOf(dir, id))
			wantErr(t, s.Save(t.Context(), id, r), driver.ErrGone)

			other := newID()
			mustSave(t, s, other, record("ada", "k", "v"))
			spoil(t, pathOf(dir, other))
			mustSave(t, s, other, record("bob", "k", "new"))
			if got := mustLoad(t, s, other); got.Revision != 1 || got.User != "bob" {
				t.Fatalf("got %+v", got)
			}
			if found := ids(t, s.ByUser(t.Context(), driver.Owner{User: "ada"})); len(found) != 0 {
				t.Fatalf("ada has %d sessions", len(found))
			}
		})
	}
}

func TestSetAsideIsKeptSevenDays(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	folder := filepath.Join(dir, "corrupt")
	check(t, os.Mkdir(folder, 0o700))
	at := func(age time.Duration) string {
		path := filepath.Join(folder, fmt.Sprintf("%s.%d", newID().Hex(), time.Now().Add(-age).Unix()))
		check(t, os.WriteFile(path, nil, 0o600))
		return path
	}
	young, old := at(7*24*time.Hour-time.Minute), at(7*24*time.Hour+time.Minute)
	_, err := s.Sweep(t.Context())
	check(t, err)
	if !exists(young) || exists(old) {
		t.Fatalf("kept the young: %v, the old: %v", exists(young), exists(old))
	}
}
