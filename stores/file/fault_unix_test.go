//go:build unix

package file_test

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

const alone = "SESSIONKIT_TEST_ALONE"

// inOwnProcess runs the test in a process of its own, for what changes the
// whole process. It reports whether this is that process.
func inOwnProcess(t *testing.T) bool {
	t.Helper()
	if os.Getenv(alone) == t.Name() {
		return true
	}
	t.Parallel()
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	child.Env = append(os.Environ(), alone+"="+t.Name())
	out, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// 115
func TestModesWhateverTheUmask(t *testing.T) {
	if !inOwnProcess(t) {
		return
	}
	for _, umask := range []int{0, 0o277, 0o022} {
		dir := newDirOnDisk(t)
		old := syscall.Umask(umask)
		s := open(t, dir)
		id, r := newID(), record("ada", "k", "v")
		mustSave(t, s, id, r)
		mustSave(t, s, id, r)
		corrupt(t, pathOf(dir, id), "garbage")
		_, _ = s.Load(t.Context(), id)
		mustSave(t, s, id, record("ada", "k", "v"))
		_, err := s.Identify(t.Context(), [4]byte{1})
		check(t, err)
		_, err = s.Sweep(t.Context())
		check(t, err)
		syscall.Umask(old)
		wantModes(t, dir)
	}
}

// 103, 105: no room on the disk is an error, the old record stays, nothing is
// left behind, and when there is room again all is well. A limit on the size
// of files stands in for the full disk.
func TestNoRoom(t *testing.T) {
	if !inOwnProcess(t) {
		return
	}
	dir := newDirOnDisk(t)
	s := open(t, dir)
	id, r := newID(), record("ada", "k", "v")
	mustSave(t, s, id, r)
	before := filesBelow(t, dir)

	large := record("ada", "k", strings.Repeat("x", 10_000))
	large.Revision = 1
	var limit syscall.Rlimit
	check(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	limit.Cur = 4096
	check(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	err := s.Save(t.Context(), id, large)
	wantErr(t, err, syscall.EFBIG)
	if text := err.Error(); !strings.Contains(text, dir) || strings.Contains(text, id.Hex()) {
		t.Errorf("the error has to name the folder and not the whole id: %v", err)
	}
	if got := mustLoad(t, s, id); got.Revision != 1 || large.Revision != 1 || got.Values != r.Values {
		t.Errorf("the old record was changed: %+v", got)
	}
	if after := filesBelow(t, dir); len(after) != len(before) {
		t.Errorf("files before %q, after %q", before, after)
	}
	limit.Cur = limit.Max
	check(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	mustSave(t, s, id, large)
}
