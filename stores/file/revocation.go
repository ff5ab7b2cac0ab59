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

// A revocation is a file in the folder "ended", named by the owner's tag: its
// generation and, each behind a space, the ids of the sessions that it keeps.
// Its modification time is when it may go.

// revocation reads an owner's last revocation. A file that cannot be decoded
// ends what began before it was written: losing it must not bring back who was
// logged out.
func (s *Store) revocation(o driver.Owner) (rv driver.Revocation, err error) {
	if o.IsNobody() {
		return rv, nil
	}
	path := s.ownerPath("ended", o)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return rv, nil
	}
	if err != nil {
		return rv, err
	}
	fields := strings.Fields(string(text))
	if len(fields) > 0 {
		rv.Generation, err = strconv.ParseUint(fields[0], 10, 64)
	}
	if len(fields) == 0 || err != nil {
		info, err := os.Lstat(path)
		if err != nil {
			return rv, err
		}
		return driver.Revocation{Generation: uint64(max(info.ModTime().Add(-driver.RevocationTTL).UnixMilli(), 1))}, nil
	}
	for _, text := range fields[1:] {
		if id, err := driver.ParseID(text); err == nil {
			rv.Kept = append(rv.Kept, id)
		}
	}
	return rv, nil
}

func (s *Store) writeRevocation(o driver.Owner, rv driver.Revocation, until time.Time) error {
	text := fmt.Append(nil, rv.Generation)
	for _, id := range rv.Kept {
		text = fmt.Appendf(text, " %s", id.Hex())
	}
	path := s.ownerPath("ended", o)
	if err := s.makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	return s.write(path, append(text, '\n'), until)
}

// unlessEnded returns the record of somebody who is logged in, unless it was
// revoked.
func (s *Store) unlessEnded(id driver.ID, r *driver.Record) (*driver.Record, error) {
	rv, err := s.revocation(r.Owner())
	switch {
	case err != nil:
		return nil, s.fail("load", id, err)
	case rv.Ends(id, r.Generation):
		return nil, driver.ErrNotFound
	}
	r.Generation = max(r.Generation, rv.Generation)
	return r, nil
}

// ownerShard is the shard whose lock is taken for what concerns an owner.
func (s *Store) ownerShard(o driver.Owner) *shard { return &s.shards[o.Tag()[0]] }

// Revoke implements [driver.UserIndex]. It writes one file and moves one
// folder, however many sessions there are.
func (s *Store) Revoke(ctx context.Context, o driver.Owner, keep []driver.Entry) (kept []driver.ID, err error) {
	if err := s.usable(ctx); err != nil || o.IsNobody() {
		return nil, err
	}
	// Where the sessions have vanished they may come back, without what is
	// written now.
	if err := s.intact(); err != nil {
		return nil, s.failAll("end the sessions of a user", err)
	}
	sh := s.ownerShard(o)
	if err := s.lock(ctx, sh, true); err != nil {
		return nil, s.failAll("end the sessions of a user", err)
	}
	defer sh.unlock()
	last, err := s.revocation(o)
	next := last
	if err == nil {
		now, ok := time.Now(), false
		if next, ok = last.Next(now, keep); !ok {
			return nil, nil
		}
		kept = next.Kept
		err = s.writeRevocation(o, next, now.Add(driver.RevocationTTL))
	}
	if err == nil {
		err = s.setAsideMarkers(o)
	}
	for _, id := range kept {
		if err == nil {
			err = s.mark(o, id)
		}
	}
	if err == nil {
		err = s.holds(o, next)
	}
	if err != nil {
		return nil, s.failAll("end the sessions of a user", err)
	}
	return kept, nil
}

// holds fails where a revocation that was written is not there: somebody is
// removing the folder, and may not have come to the sessions yet.
func (s *Store) holds(o driver.Owner, rv driver.Revocation) error {
	if err := s.intact(); err != nil {
		return err
	}
	switch stored, err := s.revocation(o); {
	case err != nil:
		return err
	case stored.Generation < rv.Generation:
		return fmt.Errorf("what was written is not there any more: %w", fs.ErrNotExist)
	}
	return nil
}

// setAsideMarkers moves the index of an owner to where it says which records
// are to be removed. The owner's shard is locked.
func (s *Store) setAsideMarkers(o driver.Owner) error {
	from, to := s.userFolder(o), s.ownerPath("ending", o)
	if err := s.makeFolder(filepath.Dir(to)); err != nil {
		return err
	}
	err := whileBusy(func() error { return os.Rename(from, to) })
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	// There are some from before. One that a save makes meanwhile stays, and
	// goes with a sweep.
	ids, err := listIDs(from, "")
	for _, id := range ids {
		if err == nil {
			err = os.Rename(filepath.Join(from, id.Hex()), filepath.Join(to, id.Hex()))
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	return err
}

// RemoveRevoked implements [driver.UserIndex].
func (s *Store) RemoveRevoked(ctx context.Context, o driver.Owner, most int) (removed int, more bool, err error) {
	if err := s.usable(ctx); err != nil || o.IsNobody() {
		return 0, false, err
	}
	folder := s.ownerPath("ending", o)
	ids, err := listIDs(folder, "")
	if err != nil {
		return 0, false, s.failAll("remove the sessions of a user", err)
	}
	for i, id := range ids {
		if i == most {
			return removed, true, nil
		}
		was, err := s.removeEnded(ctx, filepath.Join(folder, id.Hex()), id)
		if err != nil {
			return removed, true, s.fail("remove", id, err)
		}
		if was {
			removed++
		}
	}
	os.Remove(folder) // fails when there are more by now
	return removed, false, nil
}

// removeEnded removes one session, if it was revoked, and its marker, and
// reports whether it was there.
func (s *Store) removeEnded(ctx context.Context, marker string, id driver.ID) (was bool, err error) {
	if err := s.usable(ctx); err != nil {
		return false, err
	}
	sh := s.shard(id)
	if err := s.lock(ctx, sh, true); err != nil {
		return false, err
	}
	defer sh.unlock()
	r, err := s.readPart(sh.path(id), headOnly)
	switch {
	case isBad(err):
		err = s.remove(sh, id, driver.Owner{})
	case err == nil && r != nil:
		if _, err = s.unlessEnded(id, r); err == nil {
			break // it was kept
		}
		if err != driver.ErrNotFound {
			return false, err
		}
		was = live(r, time.Now())
		err = s.remove(sh, id, r.Owner())
	}
	if err == nil {
		err = os.Remove(marker)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return was, err
	}
	return was, nil
}
