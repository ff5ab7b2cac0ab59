package main

import "golang.org/x/sys/unix"

// freeBytes is how much a folder's file system has room for.
func freeBytes(dir string) int64 {
	var fs unix.Statfs_t
	if unix.Statfs(dir, &fs) != nil {
		return 0
	}
	return int64(fs.Bavail) * fs.Bsize
}
