package file

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// filesystemOf asks about the file system of an existing folder.
func filesystemOf(dir string) (filesystem, error) {
	f, err := os.Open(dir)
	if err != nil {
		return filesystem{}, err
	}
	defer f.Close()
	var st syscall.Statfs_t
	if err := statfs(f, &st); err != nil {
		return filesystem{}, &fs.PathError{Op: "statfs", Path: dir, Err: err}
	}
	block := uint64(st.Frsize)
	if block == 0 {
		block = uint64(st.Bsize)
	}
	const readOnly = 1 // ST_RDONLY
	return filesystem{
		kind:       kindOf(f, uint32(st.Type)),
		freeBytes:  st.Bavail * block,
		freeInodes: st.Ffree,
		inodes:     st.Files,
		readOnly:   st.Flags&readOnly != 0,
	}, nil
}

func statfs(f *os.File, st *syscall.Statfs_t) error {
	_, err := uninterrupted(func() (int, error) { return 0, syscall.Fstatfs(int(f.Fd()), st) })
	return err
}

// kindOf says what the mount table says, which tells "fuse.sshfs" from other
// kinds of FUSE and "nfs4" from "nfs". Without /proc the number that the
// system gives has to do.
func kindOf(f *os.File, magic uint32) string {
	if kind := mountedKind(f); kind != "" {
		return kind
	}
	return kinds[magic]
}

// mountedKind looks the mount that an open file was reached by up in the
// mount table, "" when there is no telling.
func mountedKind(f *os.File) string {
	info, err := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", f.Fd()))
	if err != nil {
		return ""
	}
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	return kindInTable(string(table), mountID(string(info)))
}

// mountID reads the line of the form "mnt_id: 27".
func mountID(info string) string {
	for line := range strings.Lines(info) {
		if id, ok := strings.CutPrefix(line, "mnt_id:"); ok {
			return strings.TrimSpace(id)
		}
	}
	return ""
}

// kindInTable reads lines of the form
//
//	25 24 0:23 / /dev/shm rw,relatime shared:5 - tmpfs tmpfs rw
//
// in which the first number is the mount's, and the kind follows the hyphen.
func kindInTable(table, mount string) string {
	for line := range strings.Lines(table) {
		id, rest, _ := strings.Cut(line, " ")
		if _, rest, found := strings.Cut(rest, " - "); found && id == mount {
			kind, _, _ := strings.Cut(rest, " ")
			return kind
		}
	}
	return ""
}

// kinds are the file systems by their number in linux/magic.h and in their
// own sources.
var kinds = map[uint32]string{
	0xef53:     "ext4", // or ext2, ext3: they share it
	0x58465342: "xfs",
	0x9123683e: "btrfs",
	0x2fc12fc1: "zfs",
	0xf2f52010: "f2fs",
	0xca451a4e: "bcachefs",
	0x01021994: "tmpfs",
	0x858458f6: "ramfs",
	0x794c7630: "overlay",
	0x61756673: "aufs",
	0x6969:     "nfs",
	0xff534d42: "cifs",
	0xfe534d42: "smb2",
	0x517b:     "smb",
	0x65735546: "fuse",
	0x01021997: "9p",
	0x00c36400: "ceph",
	0x5346414f: "afs",
	0x0bd00bd0: "lustre",
	0x47504653: "gpfs",
	0x01161970: "gfs2",
	0x7461636f: "ocfs2",
	0x19830326: "beegfs",
	0x4d44:     "vfat",
	0x2011bab0: "exfat",
	0x5346544e: "ntfs",
}
