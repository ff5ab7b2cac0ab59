//go:build linux

package tests

import (
	"fmt"
	"math"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// A folder whose file system, or a process whose limits, give no more.
func TestDoctorNamesLimits(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	start := func(t *testing.T, dir string) *trial.App {
		return trial.Start(t, "echo", "--secret-key", doctorKey, "--session-dir", dir+"/sessions", "--workers", "1", "--debug-endpoints")
	}
	for name, c := range map[string]struct {
		spoil         func(t *testing.T, dir string, app *trial.App)
		says, fix     string
		ofAFileSystem bool
	}{
		"full": {func(t *testing.T, dir string, _ *trial.App) {
			os.WriteFile(dir+"/filling", make([]byte, 2<<20), 0o600) // which fails half-way
		}, "no space left on device", "free some space", true},
		"read-only": {func(t *testing.T, dir string, _ *trial.App) {
			if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=1m"); err != nil {
				t.Fatal(err)
			}
		}, "read-only file system", "mount it writable", true},
		"open files": {func(t *testing.T, _ string, app *trial.App) {
			pid := app.NewBrowser().Me().PID
			limit := uint64(openFiles(t, pid)) + 1 // for the connection that asks
			if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: limit, Max: limit}, nil); err != nil {
				t.Fatal(err)
			}
		}, "too many open files", "raise the limit of open files (ulimit -n)", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if c.ofAFileSystem {
				if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
					t.Skip("only root can mount a small file system: ", err)
				}
				t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
			}
			app := start(t, dir)
			c.spoil(t, dir, app)
			diagnosis{url: app.URL, env: []string{"SECRET_KEY=" + doctorKey}, args: []string{"--min-workers", "1"}, id: "store-unreachable", says: c.says, fix: c.fix}.expect(t)
			if c.ofAFileSystem { // so that it can end cleanly
				syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=8m")
			}
		})
	}
}

// openFiles counts the file descriptors that a process keeps: some come and go.
func openFiles(t *testing.T, pid int) int {
	t.Helper()
	least := math.MaxInt
	for range 200 {
		open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
		if err != nil {
			t.Fatal(err)
		}
		least = min(least, len(open))
	}
	return least
}
