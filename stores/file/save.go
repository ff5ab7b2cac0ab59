package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// folderTries is how often a folder that vanishes under a save is made again.
const folderTries = 5

// Save implements [driver.Store].
func (s *Store) Save(ctx context.Context, id driver.ID, r *driver.Record) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	next := *r
	next.Revision = r.Next()
	var text []byte
	if live(r, time.Now()) && r.Successor == (driver.ID{}) {
		text = next.AppendJSON(make([]byte, 0, r.Values.Size()+len(r.User)+160))
		text = append(text, '\n')
		if int64(len(text)) > s.limit {
			return s.fail("save", id, s.tooLarge(r, len(text)))
		}
	}
	err := s.save(ctx, id, r, text)
	for range folderTries {
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
		err = s.save(ctx, id, r, text)
	}
	var conflict *driver.ConflictError
	switch {
	case err == nil:
		r.Revision = next.Revision
	case !errors.Is(err, driver.ErrGone) && !errors.As(err, &conflict):
		err = s.fail("save", id, err)
	}
	return err
}

// save puts text, the next revision of r, in the place of the current record,
// or removes it where text is nil.
func (s *Store) save(ctx context.Context, id driver.ID, r *driver.Record, text []byte) error {
	sh := s.shard(id)
	err := s.lock(ctx, sh, r.Replaces() == 0)
	if errors.Is(err, errNoShard) {
		return driver.ErrGone
	}
	if err != nil {
		return err
	}
	defer sh.unlock()
	current, err := s.current(sh, id)
	if err != nil {
		return err
	}
	alive := current != nil && live(current, time.Now())
	switch {
	case alive && current.Revision != r.Replaces(): // 0 is never stored
		return &driver.ConflictError{Current: current}
	case !alive && r.Replaces() != 0:
		return s.absent(sh, driver.ErrGone)
	}
	var was driver.Owner
	if current != nil {
		was = current.Owner()
	}
	if text == nil {
		if r.Successor != (driver.ID{}) && alive {
			if err := s.leadOn(sh, id, r.Successor); err != nil {
				return err
			}
		}
		return s.remove(sh, id, was)
	}
	expires := r.Expires
	if r.KeepExpires && alive {
		expires = current.Expires
	}
	if rv, err := s.revocation(r.Owner()); err != nil {
		return err
	} else if rv.Ends(id, r.Generation) {
		return &driver.RevokedError{Generation: rv.Generation}
	}
	if !alive || was != r.Owner() { // who looks after the index drops expired ones
		if err := s.mark(r.Owner(), id); err != nil {
			return err
		}
	}
	// The index goes first: after a crash or an error it may name a session
	// that is not the user's, never miss one that is.
	if err := s.write(sh.path(id), text, expires); err != nil {
		return err
	}
	r.Expires = expires
	if was != r.Owner() {
		s.unmark(was, id)
	}
	return nil
}

// tooLarge names what takes the most room.
func (s *Store) tooLarge(r *driver.Record, size int) error {
	largest, most := "", -1
	for key, raw := range r.Values.All() {
		if len(raw) > most {
			largest, most = key, len(raw)
		}
	}
	return fmt.Errorf("%w: %d bytes, the limit is %d, the largest key is %q with %d bytes",
		driver.ErrTooLarge, size, s.limit, largest, most)
}
