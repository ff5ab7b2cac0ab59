//go:build !unix

package file

import "io/fs"

// Where there are no owners and modes, access lists decide; a folder below
// the user's own is private by inheritance.
const (
	hasModes = false
	noFollow = 0
)

func ownerOf(fs.FileInfo) int { return -1 }
