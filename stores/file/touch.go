package file

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// Touch implements [driver.Store]. It sets the file's modification time and
// writes nothing.
func (s *Store) Touch(ctx context.Context, id driver.ID, expires time.Time) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	sh := s.shard(id)
	err := s.lock(ctx, sh, false)
	if errors.Is(err, errNoShard) {
		return driver.ErrNotFound
	}
	if err != nil {
		return s.fail("touch", id, err)
	}
	defer sh.unlock()
	until, live := liveUntil(sh.path(id))
	switch {
	case !live:
		return s.absent(sh, driver.ErrNotFound)
	case !expires.After(until):
		return nil
	}
	err = setExpiry(sh.path(id), expires)
	if errors.Is(err, fs.ErrNotExist) {
		return s.absent(sh, driver.ErrNotFound)
	}
	if err != nil {
		return s.fail("touch", id, err)
	}
	return nil
}
