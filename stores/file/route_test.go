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

	"github.com/gosessionkit/sessionkit/stores/file"
)

// Who may write to a folder above the sessions can move them away and back,
// or put others in their place. The rules are those of OpenSSH's safe_path.
func TestFoldersAbove(t *testing.T) {
	t.Parallel()
	const ours = -1
	for name, tc := range map[string]struct {
		mode fs.FileMode
		uid  int
		want []string // what the refusal has to say, nil for a folder that is fine
	}{
		"everybody writes":                    {0o777, ours, []string{"mode 0777", "chmod go-w"}},
		"others write":                        {0o703, ours, []string{"mode 0703", "chmod go-w"}},
		"a group writes":                      {0o770, ours, []string{"mode 0770", "chmod go-w"}},
		"a group writes and cannot read":      {0o730, ours, []string{"mode 0730", "chmod go-w"}},
		"a group whose id new files get":      {0o770 | fs.ModeSetgid, ours, []string{"mode 0770", "chmod go-w"}},
		"sticky":                              {0o777 | fs.ModeSticky, ours, nil},
		"sticky for a group":                  {0o770 | fs.ModeSticky, ours, nil},
		"readable":                            {0o755, ours, nil},
		"private":                             {0o700, ours, nil},
		"somebody else's":                     {0o755, stranger, []string{"belongs to user 54321", "chown"}},
		"somebody else's, sticky":             {0o777 | fs.ModeSticky, stranger, []string{"belongs to user 54321", "chown"}},
		"somebody else's, who locked himself": {0o555, stranger, []string{"belongs to user 54321", "chown"}},
	} {
		for where, way := range ways {
			t.Run(name+"/"+where, func(t *testing.T) {
				t.Parallel()
				if tc.uid == stranger {
					needsRoot(t)
				}
				above := newDir(t)
				mkdir(t, above, 0o700)
				dir := way(t, above)
				check(t, os.Chown(above, tc.uid, -1))
				check(t, os.Chmod(above, tc.mode))
				if tc.want == nil {
					mustSave(t, open(t, dir), newID(), record("ada", "k", "v"))
					return
				}
				wantRefused(t, dir, append(tc.want, above)...)
				if exists(filepath.Join(above, "b")) {
					t.Error("a folder was made there")
				}
			})
		}
	}
}

// ways are how a store's folder may lie below another one.
var ways = map[string]func(t *testing.T, above string) (dir string){
	"not there yet":       func(_ *testing.T, above string) string { return filepath.Join(above, "sessions") },
	"further down":        func(_ *testing.T, above string) string { return filepath.Join(above, "b", "c", "sessions") },
	"there":               func(t *testing.T, above string) string { return made(t, filepath.Join(above, "sessions")) },
	"there, further down": func(t *testing.T, above string) string { return made(t, filepath.Join(above, "a", "sessions")) },
	"behind a link": func(t *testing.T, above string) string {
		return linked(t, made(t, filepath.Join(above, "sessions")))
	},
	"below a link": func(t *testing.T, above string) string {
		return filepath.Join(linked(t, made(t, filepath.Join(above, "a"))), "sessions")
	},
	"behind a link in it": func(t *testing.T, above string) string {
		link := filepath.Join(above, "link")
		check(t, os.Symlink(made(t, newDir(t)), link))
		return link
	},
	"below a link in it": func(t *testing.T, above string) string {
		link := filepath.Join(above, "link")
		check(t, os.Symlink(made(t, newDir(t)), link))
		return filepath.Join(link, "sessions")
	},
	"behind a link that leads up": func(t *testing.T, above string) string {
		made(t, filepath.Join(above, "sessions"))
		link := filepath.Join(made(t, filepath.Join(above, "a")), "link")
		check(t, os.Symlink("../sessions", link))
		return link
	},
	"behind two links": func(t *testing.T, above string) string {
		return linked(t, linked(t, made(t, filepath.Join(above, "sessions"))))
	},
}

func made(t *testing.T, dir string) string {
	t.Helper()
	check(t, os.MkdirAll(dir, 0o700))
	return dir
}

// linked makes a link to it from a safe place.
func linked(t *testing.T, dir string) string {
	t.Helper()
	link := filepath.Join(made(t, newDir(t)), "link")
	check(t, os.Symlink(dir, link))
	return link
}

func TestLinksAbove(t *testing.T) {
	t.Parallel()
	t.Run("somebody else's", func(t *testing.T) {
		t.Parallel()
		needsRoot(t)
		link := linked(t, made(t, newDir(t)))
		check(t, os.Lchown(link, stranger, -1))
		wantRefused(t, filepath.Join(link, "sessions"), link, "a link that another user made")
	})
	t.Run("in a circle", func(t *testing.T) {
		t.Parallel()
		link := filepath.Join(made(t, newDir(t)), "link")
		check(t, os.Symlink(link, link))
		wantRefused(t, filepath.Join(link, "sessions"), "too many")
	})
}

// A folder above the store that is opened to others while the program runs is
// found, and the sessions are used again once it is put right.
func TestFolderAboveOpenedLater(t *testing.T) {
	t.Parallel()
	above := newDir(t)
	dir := filepath.Join(above, "sessions")
	var log logBuffer
	s, err := file.Open(dir, file.WithSweepInterval(5*time.Millisecond), file.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	check(t, err)
	defer s.Close()
	id, r := newID(), record("ada", "k", "v")
	mustSave(t, s, id, r)
	check(t, os.Chmod(above, 0o777))
	var refused *file.FolderError
	if err := s.Ping(t.Context()); !errors.As(err, &refused) {
		t.Errorf("ping: %v", err)
	}
	eventually(t, "it is logged", func() bool { return strings.Contains(log.String(), "chmod go-w "+above) })
	wantTakenOver(t, s, id, r)
	if err := s.Delete(t.Context(), id); !errors.As(err, &refused) {
		t.Errorf("delete: %v", err)
	}
	check(t, os.Chmod(above, 0o700))
	mustLoad(t, s, id)
	mustSave(t, s, id, r)
}
