package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// keepCorrupt is how long a record that could not be decoded is kept for
// somebody to look at.
const keepCorrupt = 7 * 24 * time.Hour

// readAgain reads, under the lock, what was just found to be bad.
func (s *Store) readAgain(ctx context.Context, id driver.ID) (*driver.Record, error) {
	sh := s.shard(id)
	if err := s.lock(ctx, sh, false); errors.Is(err, errNoShard) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	defer sh.unlock()
	return s.current(sh, id)
}

// current is the record that is stored now, expired or not, nil for none. A
// bad one is set aside. The shard is locked.
func (s *Store) current(sh *shard, id driver.ID) (*driver.Record, error) {
	r, err := s.read(sh.path(id))
	if isBad(err) {
		s.setAside(sh, id, err)
		return nil, nil
	}
	return r, err
}

// setAside takes a bad record out of the way, so that the session begins
// anew instead of failing for ever. It logs neither the content nor the whole
// id.
func (s *Store) setAside(sh *shard, id driver.ID, reason error) {
	folder := filepath.Join(s.dir, "corrupt")
	name := fmt.Sprintf("%s.%d", id.Hex(), time.Now().Unix())
	move := func() error {
		return whileBusy(func() error { return os.Rename(sh.path(id), filepath.Join(folder, name)) })
	}
	err := move()
	if errors.Is(err, fs.ErrNotExist) {
		if err = s.makeFolder(folder); err == nil {
			err = move()
		}
	}
	log := s.log.With("session", id.Short(), "reason", reason)
	if err != nil {
		log.Error("file store: a record that cannot be decoded could not be set aside; it counts as not found",
			"folder", folder, "error", bare(err))
		return
	}
	log.Warn("file store: a record that cannot be decoded was set aside; it counts as not found",
		"folder", folder, "kept", keepCorrupt)
}

// outdated tells from a name in the corrupt folder whether it was kept long
// enough.
func outdated(name string, now time.Time) bool {
	_, stamp, _ := strings.Cut(name, ".")
	unix, err := strconv.ParseInt(stamp, 10, 64)
	return err == nil && now.Sub(time.Unix(unix, 0)) > keepCorrupt
}
