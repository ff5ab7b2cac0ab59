package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
)

// The index of users is a folder for each, with an empty file for each of
// the user's sessions. It may name too many: who reads it looks at the
// session itself.

// userFolder is named by a hash: a user's name may hold anything.
func (s *Store) userFolder(user string) string {
	sum := sha256.Sum256([]byte(user))
	return filepath.Join(s.dir, "users", hex.EncodeToString(sum[:16]))
}

// mark says that the session is the user's. Its shard is locked.
func (s *Store) mark(user string, id session.ID) error {
	if user == "" {
		return nil
	}
	folder := s.userFolder(user)
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
	return err
}

// unmark takes mark back. The session's shard is locked. A marker that stays
// does no harm and goes with a later sweep.
func (s *Store) unmark(user string, id session.ID) {
	if user != "" {
		os.Remove(filepath.Join(s.userFolder(user), id.Hex()))
	}
}

// ByUser implements [session.UserIndex].
func (s *Store) ByUser(ctx context.Context, user string) iter.Seq2[session.Entry, error] {
	return func(yield func(session.Entry, error) bool) {
		if err := s.usable(ctx); err != nil {
			yield(session.Entry{}, err)
			return
		}
		ids, err := listIDs(s.userFolder(user), "")
		if err != nil {
			yield(session.Entry{}, s.failAll("list the sessions of a user", err))
			return
		}
		for _, id := range ids {
			r, err := s.Load(ctx, id)
			if errors.Is(err, session.ErrNotFound) || err == nil && r.User != user {
				s.dropMarker(ctx, user, id)
				continue
			}
			if err != nil {
				yield(session.Entry{}, err)
				return
			}
			if !yield(session.Entry{ID: id, Record: r}, nil) {
				return
			}
		}
	}
}

// dropMarker removes a marker that is found to be wrong, unless it became
// right in the meantime. A failure leaves it for the next time.
func (s *Store) dropMarker(ctx context.Context, user string, id session.ID) {
	sh := s.shard(id)
	if s.lock(ctx, sh, true) != nil {
		return
	}
	defer sh.unlock()
	r, err := s.current(sh, id)
	if err == nil && (r == nil || r.User != user || !live(r, time.Now())) {
		s.unmark(user, id)
	}
}
