//go:build unix

package file

import "os"

// syncFolder waits until the disk knows which files the folder has.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
