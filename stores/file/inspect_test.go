package file_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	checks "github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/stores/file"
)

func inspect(t testing.TB, s *file.Store) checks.Inspection {
	t.Helper()
	in, err := s.Inspect(t.Context())
	check(t, err)
	return in
}

func wantFacts(t testing.TB, in checks.Inspection, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got, known := in.Facts[name]; !known || got != value {
			t.Errorf("fact %s is %q, known %v, want %q", name, got, known, value)
		}
	}
}

// found are the ids of what the checks find in a file store.
func found(s *file.Store, in checks.Inspection) map[string]bool {
	ids := map[string]bool{}
	store := checks.Store{Kind: "file", Address: s.Describe().Address, Inspection: in}
	for _, f := range checks.Run(checks.Facts{Store: store}) {
		ids[f.ID] = true
	}
	return ids
}

func TestInspect(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("it has access lists")
	}
	dir := newDirOnDisk(t)
	s := open(t, dir)
	in := inspect(t, s)
	uid := strconv.Itoa(os.Geteuid())
	wantFacts(t, in, map[string]string{
		"dir": dir, "mode": "0700", "owner": uid, "uid": uid, "ours": "yes", "read_only": "no", "sync": "no", "cleaned": "yes",
	})
	if runtime.GOOS == "linux" || runtime.GOOS == "darwin" {
		if n, err := strconv.ParseUint(in.Facts["free_bytes"], 10, 64); err != nil || n == 0 {
			t.Errorf("free_bytes is %q", in.Facts["free_bytes"])
		}
		if in.Facts["fs_type"] == "" || len(in.Unchecked) != 0 {
			t.Errorf("file system %q, unchecked %q", in.Facts["fs_type"], in.Unchecked)
		}
	}
	for _, id := range []string{"file-open", "file-owner", "file-network", "store-unchecked"} {
		if found(s, in)[id] {
			t.Errorf("the checks find %s", id)
		}
	}

	check(t, os.Chmod(dir, 0o755))
	in = inspect(t, s)
	wantFacts(t, in, map[string]string{"mode": "0755"})
	if !found(s, in)["file-open"] {
		t.Error("the checks do not find that the folder is open")
	}
	check(t, os.Chmod(dir, 0o700))
	check(t, os.RemoveAll(dir))
	if in, err := s.Inspect(t.Context()); err == nil {
		t.Errorf("of a folder that is gone: %v", in)
	}
}

func TestInspectStrangersFolder(t *testing.T) {
	t.Parallel()
	needsRoot(t)
	dir := newDir(t)
	s := open(t, dir)
	check(t, os.Chown(dir, stranger, -1))
	in := inspect(t, s)
	wantFacts(t, in, map[string]string{"owner": "54321", "uid": "0", "ours": "no"})
	if !found(s, in)["file-owner"] {
		t.Error("the checks do not find that the folder is a stranger's")
	}
}

func TestInspectSync(t *testing.T) {
	t.Parallel()
	s, err := file.Open(newDir(t), file.WithSweepInterval(-1), file.WithSync(true))
	check(t, err)
	defer s.Close()
	wantFacts(t, inspect(t, s), map[string]string{"sync": "yes"})
}

// Not parallel: the environment belongs to all tests.
func TestInspectCleaned(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Skip(err)
	}
	if strings.HasPrefix(home, "/tmp") || strings.HasPrefix(home, "/run") || strings.HasPrefix(home, "/var/tmp") {
		t.Skipf("%s itself is cleaned", home)
	}
	base, err := os.MkdirTemp(home, ".sessionkit-test-")
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	dir := filepath.Join(base, "tmp", "sessions")
	s := open(t, dir)
	t.Setenv("TMPDIR", filepath.Join(base, "tm")) // begins alike, and is another
	wantFacts(t, inspect(t, s), map[string]string{"cleaned": "no"})
	t.Setenv("TMPDIR", filepath.Join(base, "tmp"))
	wantFacts(t, inspect(t, s), map[string]string{"cleaned": "yes"})
	t.Setenv("TMPDIR", dir)
	wantFacts(t, inspect(t, s), map[string]string{"cleaned": "yes"})
	t.Setenv("TMPDIR", filepath.Join(base, "link"))
	check(t, os.Symlink(filepath.Join(base, "tmp"), filepath.Join(base, "link")))
	wantFacts(t, inspect(t, s), map[string]string{"cleaned": "yes"})
}
