package file

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
)

// Touch implements [session.Store]. It sets the file's modification time and
// writes nothing.
func (s *Store) Touch(ctx context.Context, id session.ID, expires time.Time) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	sh := s.shard(id)
	err := s.lock(ctx, sh, false)
	if errors.Is(err, errNoShard) {
		return session.ErrNotFound
	}
	if err != nil {
		return s.fail("touch", id, err)
	}
	defer sh.unlock()
	until, live := liveUntil(sh.path(id))
	switch {
	case !live:
		return s.absent(sh, session.ErrNotFound)
	case !expires.After(until):
		return nil
	}
	err = setExpiry(sh.path(id), expires)
	if errors.Is(err, fs.ErrNotExist) {
		return s.absent(sh, session.ErrNotFound)
	}
	if err != nil {
		return s.fail("touch", id, err)
	}
	return nil
}
