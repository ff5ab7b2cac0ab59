package file

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// tempSuffix marks files that were not finished. In a session folder they are
// written under its lock alone, so who has the lock may remove them.
const tempSuffix = ".tmp"

// write puts a file with this content and modification time in the place of
// path, all at once: whoever reads path finds the old file or the new one.
// When it fails the old one is still there and nothing is left behind.
func (s *Store) write(path string, content []byte, mtime time.Time) error {
	// The name is not used twice, so that the file is whole even on a file
	// system where locks do not exclude.
	temp := fmt.Sprintf("%s.%08x%s", path, rand.Uint32(), tempSuffix)
	err := s.writeNew(temp, content)
	if err == nil {
		err = setExpiry(temp, mtime)
	}
	if err == nil {
		err = whileBusy(func() error { return os.Rename(temp, path) })
	}
	if err != nil {
		os.Remove(temp)
		return err
	}
	if s.sync {
		return syncFolder(filepath.Dir(path))
	}
	return nil
}

// writeNew makes a file that does not exist yet.
func (s *Store) writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = f.Chmod(0o600) // the umask may have taken the owner's rights
	if err == nil {
		_, err = f.Write(content)
	}
	if err == nil && s.sync {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

// createEmpty makes an empty file. One that is there already is fine.
func createEmpty(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	err = f.Chmod(0o600)
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}
