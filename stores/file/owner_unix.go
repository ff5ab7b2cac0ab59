//go:build unix

package file

import (
	"io/fs"
	"syscall"
)

const (
	hasModes = true               // permission bits mean something
	noFollow = syscall.O_NOFOLLOW // opening a link fails
)

func ownerOf(info fs.FileInfo) int {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Uid)
	}
	return -1
}
