//go:build linux

package faults

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// Where a worker was when it was killed.
const (
	elsewhere = iota
	locked    // it held a lock and had no file begun: before the write or after the rename
	writing   // it had begun to write and not renamed
)

// A worker is stopped, looked at and killed, until enough were killed between
// lock and write, and between write and rename: no record is torn, no lock
// stuck, nothing lost.
func TestFileWorkerKilledInSave(t *testing.T) {
	shared(t)
	o := outcome{fault: "file worker killed with the lock, no file begun"}
	p := outcome{fault: "file worker killed between write and rename"}
	for range *rounds {
		killInSave(t, locked, &o)
		killInSave(t, writing, &p)
	}
	nothingLost(t, o)
	nothingLost(t, p)
	report(o)
	report(p)
}

func killInSave(t *testing.T, where int, o *outcome) {
	t.Helper()
	dir := t.TempDir() + "/sessions"
	app := startApp(t, "--session-dir", dir)
	tr := drive(t, app)
	observer := app.NewBrowser()
	for range 3 {
		pid := 0
		eventually(t, "a worker answers", func() bool {
			a, err := observer.Try("GET", "/me")
			pid = pidIn(a)
			return err == nil && pid != 0
		})
		caught := false
		for begun := time.Now(); !caught && time.Since(begun) < patience; {
			caught = stopIn(t, pid, dir, where)
		}
		app.Kill(pid)
		if !caught {
			break
		}
		o.rounds++
		o.recovery = append(o.recovery, tr.settle(time.Now()))
	}
	if o.rounds == 0 {
		t.Errorf("%s: never met", o.fault)
	}
	o.add(tr.end())
	sound(t, app, dir)
}

// stopIn stops a worker and reports whether it is where it is wanted. It is let
// go on when it is not.
func stopIn(t *testing.T, pid int, dir string, where int) bool {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the worker stops", func() bool { return state(pid) == "T" })
	if place(t, pid, dir) == where {
		return true
	}
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	pass(time.Millisecond)
	return false
}

// state is a process's state as the kernel gives it, "T" for stopped.
func state(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	return rest[:min(1, len(rest))]
}

// place tells what a stopped worker is in the middle of. The lock of a folder
// is held by one process, so an unfinished file in it is that one's.
func place(t *testing.T, pid int, dir string) int {
	t.Helper()
	found := elsewhere
	for _, lock := range locksOf(t, pid, dir) {
		temps, _ := filepath.Glob(filepath.Join(filepath.Dir(lock), "*.tmp"))
		if len(temps) > 0 {
			return writing
		}
		found = locked
	}
	return found
}

// locksOf are the lock files of session folders that the process holds.
func locksOf(t *testing.T, pid int, dir string) (held []string) {
	t.Helper()
	table, err := os.Open("/proc/locks")
	if err != nil {
		t.Skip(err)
	}
	defer table.Close()
	inodes := map[string]bool{}
	for lines := bufio.NewScanner(table); lines.Scan(); { // 1: FLOCK ADVISORY WRITE 42 fd:01:1234 0 EOF
		if f := strings.Fields(lines.Text()); len(f) > 5 && f[1] == "FLOCK" && f[4] == strconv.Itoa(pid) {
			_, rest, _ := strings.Cut(f[5], ":")
			_, inode, _ := strings.Cut(rest, ":")
			inodes[inode] = true
		}
	}
	if len(inodes) == 0 {
		return nil
	}
	locks, _ := filepath.Glob(filepath.Join(dir, "sessions", "*", ".lock"))
	for _, path := range locks {
		var stat syscall.Stat_t
		if syscall.Stat(path, &stat) == nil && inodes[strconv.FormatUint(stat.Ino, 10)] {
			held = append(held, path)
		}
	}
	return held
}

// sound makes sure that every record can be read, that every lock can be
// taken, and that a sweep leaves nothing unfinished.
func sound(t *testing.T, app *trial.App, dir string) {
	t.Helper()
	s, err := file.Open(dir, file.WithSweepInterval(-1))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for e, err := range s.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Touch(t.Context(), e.ID, e.Record.Expires); err != nil {
			t.Errorf("touch: %v", err)
		}
	}
	if _, err := s.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
	for _, pattern := range []string{"sessions/*/*.tmp", "corrupt/*"} {
		if left, _ := filepath.Glob(filepath.Join(dir, pattern)); len(left) > 0 {
			t.Errorf("left behind: %s", left)
		}
	}
	if strings.Contains(app.Log(), "cannot be decoded") {
		t.Error("a torn record was found")
	}
}
