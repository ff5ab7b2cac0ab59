package file

import (
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// renewedSuffix marks the file that says where a session goes on which was
// renewed a moment ago. It holds the successor's id, and its modification time
// is when it is of no use any more.
const renewedSuffix = ".renewed"

func (sh *shard) renewedPath(id driver.ID) string {
	return strings.TrimSuffix(sh.path(id), recordSuffix) + renewedSuffix
}

// leadOn notes which session takes the place of id. The shard is locked.
func (s *Store) leadOn(sh *shard, id, next driver.ID) error {
	return s.write(sh.renewedPath(id), append(hex.AppendEncode(nil, next[:]), '\n'), time.Now().Add(driver.RenewedFor))
}

// whereTo is the error for a session that is not there.
func (s *Store) whereTo(id driver.ID, now time.Time) error {
	path := s.shard(id).renewedPath(id)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return driver.ErrNotFound
	}
	if err != nil {
		return s.fail("load", id, err)
	}
	info, err := os.Lstat(path)
	next, bad := driver.ParseID(strings.TrimSpace(string(text)))
	if err != nil || bad != nil || !now.Before(info.ModTime()) {
		return driver.ErrNotFound
	}
	return &driver.RenewedError{Successor: next}
}
