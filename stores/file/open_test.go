package file_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/file"
)

const stranger = 54321 // a user that is not us

// needsRoot skips what only root can set up.
func needsRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can give files to somebody else")
	}
}

// 101
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		prepare func(t *testing.T, dir string)
		want    []string // what the error has to say
	}{
		"a folder others can read": {
			func(t *testing.T, dir string) { mkdir(t, dir, 0o750) },
			[]string{"mode 0750", "chmod 700"},
		},
		"a folder others can write to": {
			func(t *testing.T, dir string) { mkdir(t, dir, 0o702) },
			[]string{"mode 0702", "chmod 700"},
		},
		"somebody else's folder": {
			func(t *testing.T, dir string) {
				needsRoot(t)
				mkdir(t, dir, 0o700)
				check(t, os.Chown(dir, stranger, -1))
			},
			[]string{"belongs to user 54321", "chown -R 0"},
		},
		"a link that somebody else made": {
			func(t *testing.T, dir string) {
				needsRoot(t)
				mkdir(t, dir+"2", 0o700)
				check(t, os.Symlink(dir+"2", dir))
				check(t, os.Lchown(dir, stranger, -1))
			},
			[]string{"link"},
		},
		"a link to nowhere": {
			func(t *testing.T, dir string) { check(t, os.Symlink(dir+"2", dir)) },
			[]string{"no such file"},
		},
		"a file": {
			func(t *testing.T, dir string) { check(t, os.WriteFile(dir, nil, 0o600)) },
			[]string{"is a file", "remove it"},
		},
		"a folder that cannot be written to": {
			func(t *testing.T, dir string) {
				if os.Geteuid() == 0 {
					t.Skip("root can write everywhere")
				}
				mkdir(t, dir, 0o500)
			},
			[]string{"cannot be written to", "permission denied"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newDir(t)
			tc.prepare(t, dir)
			wantRefused(t, dir, tc.want...)
		})
	}
	t.Run("a folder below a file", func(t *testing.T) {
		t.Parallel()
		parent := newDir(t)
		check(t, os.WriteFile(parent, nil, 0o600))
		wantRefused(t, filepath.Join(parent, "x"), "not a directory", "every part of the path")
	})
	t.Run("no folder", func(t *testing.T) {
		t.Parallel()
		_, err := file.Open("")
		var refused *file.FolderError
		if !errors.As(err, &refused) {
			t.Fatalf("got %v", err)
		}
	})
}

func wantRefused(t *testing.T, dir string, want ...string) {
	t.Helper()
	_, err := file.Open(dir)
	var refused *file.FolderError
	if !errors.As(err, &refused) || refused.Dir != dir || refused.Fix == "" {
		t.Fatalf("got %v, want a *FolderError for %s", err, dir)
	}
	for _, part := range append(want, dir) {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
}

func TestOpenMakesTheFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b", "c")
	mustSave(t, open(t, dir), newID(), record("ada", "k", "v"))
	wantModes(t, dir)
}

func TestOpenFollowsOurOwnLink(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	mkdir(t, dir+"2", 0o700)
	check(t, os.Symlink(dir+"2", dir))
	id := newID()
	mustSave(t, open(t, dir), id, record("", "k", "v"))
	mustLoad(t, open(t, dir+"2"), id)
}

func TestOpenLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	check(t, s.Ping(t.Context()))
	if names := filesBelow(t, dir); names != nil {
		t.Fatalf("found %q", names)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	got := open(t, dir).Describe()
	if want := (driver.Description{Kind: "file", Address: dir}); got != want {
		t.Fatalf("got %+v, want %+v", got, want)
	}
}

// Not parallel: the environment belongs to all tests.
func TestDefaultDir(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", t.TempDir())
	cache, err := os.UserCacheDir()
	check(t, err)
	wantDefaultDir(t, filepath.Join(cache, "sessionkit", strings.ReplaceAll(worker.App(), "/", "_"), "sessions"))

	tmp := t.TempDir()
	t.Setenv("HOME", "")
	t.Setenv("TMPDIR", tmp)
	got, err := file.DefaultDir()
	check(t, err)
	if filepath.Dir(got) != tmp {
		t.Fatalf("got %s, want a folder in %s", got, tmp)
	}
	open(t, got)
}

func wantDefaultDir(t *testing.T, want string) {
	t.Helper()
	got, err := file.DefaultDir()
	check(t, err)
	if got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	open(t, got)
}

// 115
func wantModes(t *testing.T, dir string) {
	t.Helper()
	seen := 0
	check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
		seen++
		return nil
	}))
	if seen < 5 {
		t.Fatalf("only %d files and folders in %s", seen, dir)
	}
}

func mkdir(t *testing.T, dir string, mode fs.FileMode) {
	t.Helper()
	check(t, os.Mkdir(dir, 0o700))
	check(t, os.Chmod(dir, mode))
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
