package file

import (
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// SetLimit sets the size of the largest record, in bytes.
func (s *Store) SetLimit(n int64) { s.limit = n }

// GiveUp lets the next look give up what has vanished.
func (s *Store) GiveUp() { s.patience = 0 }

// Waiting reports whether a goroutine holds the lock of a session's folder or
// waits for another process that does.
func (s *Store) Waiting(id driver.ID) bool { return len(s.shard(id).turn) == 1 }

// TakeTurn reports whether a chore with this lock file is due, and notes that
// it is run.
func TakeTurn(path string, interval time.Duration) (bool, error) {
	lock := lockFile(path)
	if ok, err := lock.TryLock(); !ok {
		return false, err
	}
	defer lock.Unlock()
	return takeTurn(lock, interval)
}

var FolderName = folderName
