package file

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/gosessionkit/sessionkit/core/session"
)

// Delete implements [session.Store].
func (s *Store) Delete(ctx context.Context, id session.ID) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	sh := s.shard(id)
	err := s.lock(ctx, sh, false)
	if errors.Is(err, errNoShard) {
		return nil
	}
	if err != nil {
		return s.fail("delete", id, err)
	}
	defer sh.unlock()
	user := ""
	if r, _ := s.read(sh.path(id)); r != nil { // what cannot be read can still be removed
		user = r.User
	}
	if err := s.remove(sh, id, user); err != nil {
		return s.fail("delete", id, err)
	}
	return nil
}

// remove removes the session's record, if there is one. The shard is locked.
func (s *Store) remove(sh *shard, id session.ID, user string) error {
	err := whileBusy(func() error { return os.Remove(sh.path(id)) })
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	} else if err == nil && s.sync {
		err = syncFolder(sh.dir)
	}
	if err == nil {
		s.unmark(user, id)
	}
	return err
}
