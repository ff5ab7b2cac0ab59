package file

import (
	"io/fs"
	"syscall"
)

// filesystemOf asks about the file system of an existing folder.
func filesystemOf(dir string) (filesystem, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return filesystem{}, &fs.PathError{Op: "statfs", Path: dir, Err: err}
	}
	var kind []byte
	for _, c := range st.Fstypename {
		if c == 0 {
			break
		}
		kind = append(kind, byte(c))
	}
	const readOnly = 1 // MNT_RDONLY
	return filesystem{
		kind:       string(kind),
		freeBytes:  st.Bavail * uint64(st.Bsize),
		freeInodes: st.Ffree,
		inodes:     st.Files,
		readOnly:   st.Flags&readOnly != 0,
	}, nil
}
