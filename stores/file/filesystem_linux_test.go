package file_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/file"
)

// A file system in memory is noticed, and so is it without the mount table.
func TestInspectTmpfs(t *testing.T) {
	t.Parallel()
	const memory = "/dev/shm"
	var st syscall.Statfs_t
	if err := syscall.Statfs(memory, &st); err != nil || file.KindByNumber(uint32(st.Type)) != "tmpfs" {
		t.Skipf("%s is no tmpfs here: %v", memory, err)
	}
	parent, err := os.MkdirTemp(memory, "sessionkit-test-")
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { os.RemoveAll(parent) })
	s := open(t, filepath.Join(parent, "sessions"))
	in := inspect(t, s)
	wantFacts(t, in, map[string]string{"fs_type": "tmpfs", "cleaned": "yes"})
	if !found(s, in)["file-temporary"] {
		t.Error("the checks do not find it")
	}
}

func TestMountTable(t *testing.T) {
	t.Parallel()
	const table = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw
2 27 0:23 / /mnt/with\040-\040hyphen rw - nfs4 server:/a\040-\040b rw
270 27 0:24 / /mnt/ssh rw,nosuid - fuse.sshfs ada@host:/ rw
271 27 0:25 / /mnt/overlay rw - overlay overlay rw,lowerdir=/a
28 27 broken
`
	for mount, want := range map[string]string{
		"22": "proc", "27": "ext4", "2": "nfs4", "270": "fuse.sshfs", "271": "overlay", "28": "", "7": "", "": "",
	} {
		if got := file.KindInTable(table, mount); got != want {
			t.Errorf("mount %q is %q, want %q", mount, got, want)
		}
	}
	if got := file.MountID("pos:\t0\nflags:\t0100000\nmnt_id:\t27\nino:\t5308417\n"); got != "27" {
		t.Errorf("mount id %q", got)
	}
	if got := file.MountID("pos:\t0\n"); got != "" {
		t.Errorf("mount id %q", got)
	}
}
