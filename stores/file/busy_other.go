//go:build !windows

package file

// whileBusy does it once: a file that somebody has open can be replaced and
// removed here.
func whileBusy(do func() error) error { return do() }
