package file

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// Delete implements [driver.Store].
func (s *Store) Delete(ctx context.Context, id driver.ID) error {
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
	var owner driver.Owner
	r, err := s.readPart(sh.path(id), headOnly)
	if r != nil { // what cannot be read can still be removed
		owner = r.Owner()
	}
	if err := s.remove(sh, id, owner); err != nil {
		return s.fail("delete", id, err)
	}
	if r != nil || err != nil {
		return nil
	}
	if err := s.whereTo(id, time.Now()); err != driver.ErrNotFound {
		return err
	}
	return nil
}

// remove removes the session's record, if there is one. The shard is locked.
func (s *Store) remove(sh *shard, id driver.ID, o driver.Owner) error {
	err := whileBusy(func() error { return os.Remove(sh.path(id)) })
	if errors.Is(err, fs.ErrNotExist) {
		err = s.absent(sh, nil)
	} else if err == nil && s.sync {
		err = syncFolder(sh.dir)
	}
	if err == nil {
		s.unmark(o, id)
	}
	return err
}
