//go:build linux

package faults

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// onDisk breaks a small disk that holds the session folder, under traffic,
// round after round. Mounting one needs root.
func onDisk(t *testing.T, fault string, harm func(disk string), heal func(disk string)) {
	t.Helper()
	disk := mountDisk(t, fault)
	dir := disk + "/sessions"
	app := startApp(t, "--session-dir", dir)
	tr := drive(t, app)
	o := outcome{fault: fault}
	for range 3 * *rounds {
		pass(100 * time.Millisecond)
		harm(disk)
		noticed := tr.refuses()
		pass(200 * time.Millisecond)
		noticed()
		heal(disk)
		o.rounds++
		o.recovery = append(o.recovery, tr.settle(time.Now()))
	}
	o.add(tr.end())
	nothingLost(t, o)
	readsGoOn(t, o)
	sound(t, app, dir)
	report(o)
}

func mountDisk(t *testing.T, fault string) string {
	t.Helper()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=1m,mode=0700"); err != nil {
		if errors.Is(err, syscall.EPERM) {
			report(outcome{fault: fault, skipped: "needs root"})
		}
		t.Skipf("mounting a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return disk
}

// A full disk is an error to who writes; what is there stays, whole.
func TestDiskFull(t *testing.T) {
	shared(t)
	onDisk(t, "disk full", func(disk string) {
		filler, err := os.Create(filepath.Join(disk, "filler"))
		if err != nil {
			t.Fatal(err)
		}
		defer filler.Close()
		for size := 64 << 10; size >= 512; { // to the last page
			if _, err := filler.Write(make([]byte, size)); err != nil {
				size /= 2
			}
		}
	}, func(disk string) {
		if err := os.Remove(filepath.Join(disk, "filler")); err != nil {
			t.Fatal(err)
		}
	})
}

// A disk that turns read-only, as a kernel does that meets errors on it.
func TestDiskReadOnly(t *testing.T) {
	shared(t)
	onDisk(t, "disk read-only", func(disk string) {
		eventually(t, "the disk is made read-only", func() bool { // it is refused while a file is being written
			err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
			if err != nil && !errors.Is(err, syscall.EBUSY) {
				t.Fatal(err)
			}
			return err == nil
		})
	}, func(disk string) {
		if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT, ""); err != nil {
			t.Fatal(err)
		}
	})
}
