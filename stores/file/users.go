package file

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// The index of users is a folder for each, with an empty file for each of
// the user's sessions. It may name too many: who reads it looks at the
// session itself.

// userFolder is named by a hash: a user's name may hold anything.
func (s *Store) userFolder(o driver.Owner) string { return s.ownerPath("users", o) }

func (s *Store) ownerPath(kind string, o driver.Owner) string {
	tag := o.Tag()
	b := append(make([]byte, 0, 256), s.dir...)
	b = append(append(append(b, filepath.Separator), kind...), filepath.Separator)
	return string(hex.AppendEncode(b, tag[:]))
}

// mark says that the session is the owner's. Its shard is locked.
func (s *Store) mark(o driver.Owner, id driver.ID) error {
	if o.IsNobody() {
		return nil
	}
	folder := s.userFolder(o)
	marker := filepath.Join(folder, id.Hex())
	err := createEmpty(marker)
	for range folderTries { // a sweep may remove the folder while it is empty
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err = s.makeFolder(folder); err == nil {
			err = createEmpty(marker)
		}
	}
	if err == nil && s.sync {
		err = syncFolder(folder)
	}
	s.indexSeen.Store(true)
	return err
}

// unmark takes mark back. The session's shard is locked. A marker that stays
// does no harm and goes with a later sweep.
func (s *Store) unmark(o driver.Owner, id driver.ID) {
	if !o.IsNobody() {
		os.Remove(filepath.Join(s.userFolder(o), id.Hex()))
	}
}

// Index implements [driver.UserIndex].
func (s *Store) Index(ctx context.Context, id driver.ID, r *driver.Record) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	sh := s.shard(id)
	err := s.lock(ctx, sh, false)
	if errors.Is(err, errNoShard) {
		return nil
	}
	if err != nil {
		return s.fail("index", id, err)
	}
	defer sh.unlock()
	if !liveFile(sh.path(id)) {
		return nil
	}
	if err := s.mark(r.Owner(), id); err != nil {
		return s.fail("index", id, err)
	}
	return nil
}

// ByUser implements [driver.UserIndex]. It reads no values.
func (s *Store) ByUser(ctx context.Context, o driver.Owner) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		if err := s.usable(ctx); err != nil {
			yield(driver.Entry{}, err)
			return
		}
		if o.IsNobody() {
			return
		}
		ids, err := listIDs(s.userFolder(o), "")
		if err == nil && ids == nil {
			err = s.indexVanished()
		}
		if err != nil {
			yield(driver.Entry{}, s.failAll("list the sessions of a user", err))
			return
		}
		for _, id := range ids {
			if err := s.usable(ctx); err != nil {
				yield(driver.Entry{}, err)
				return
			}
			r, err := s.readPart(s.shard(id).path(id), headOnly)
			if isBad(err) {
				r, err = s.readAgain(ctx, id)
			}
			if err == nil && r == nil {
				err = s.absent(s.shard(id), nil)
			}
			if err != nil {
				yield(driver.Entry{}, s.fail("list", id, err))
				return
			}
			if r == nil || r.Owner() != o || !live(r, time.Now()) {
				s.dropMarker(ctx, o, id)
				continue
			}
			r.Values = driver.Values{}
			if r, err = s.unlessEnded(id, r); err == driver.ErrNotFound {
				continue
			}
			if !yield(driver.Entry{ID: id, Record: r}, err) || err != nil {
				return
			}
		}
	}
}

// dropMarker removes a marker that is found to be wrong, unless it became
// right in the meantime. A failure leaves it for the next time.
func (s *Store) dropMarker(ctx context.Context, o driver.Owner, id driver.ID) {
	sh := s.shard(id)
	if s.lock(ctx, sh, true) != nil {
		return
	}
	defer sh.unlock()
	r, err := s.current(sh, id)
	if err == nil && (r == nil || r.Owner() != o || !live(r, time.Now())) {
		s.unmark(o, id)
	}
}
