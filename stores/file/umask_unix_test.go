//go:build unix

package file_test

import "syscall"

// The file store refuses folders below one that a group may write to, which
// t.TempDir makes where the umask is 002.
func init() { syscall.Umask(0o022) }
