package file

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

const recordSuffix = ".json"

// Load implements [driver.Store]. It takes no lock: a record's file never
// changes, another one is put in its place.
//
// The record's Expires is when the file says it is, after touches too.
func (s *Store) Load(ctx context.Context, id driver.ID) (*driver.Record, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	r, err := s.read(s.shard(id).path(id))
	if isBad(err) {
		r, err = s.readAgain(ctx, id)
	}
	if err != nil {
		return nil, s.fail("load", id, err)
	}
	sh, now := s.shard(id), time.Now()
	if r == nil {
		return nil, s.absent(sh, s.whereTo(id, now))
	}
	sh.saw()
	if !live(r, now) {
		return nil, driver.ErrNotFound
	}
	if r.User == "" {
		return r, nil
	}
	return s.unlessEnded(id, r)
}

// badRecord says why a file is no record.
type badRecord struct{ reason string }

func (e *badRecord) Error() string { return "not a record: " + e.reason }

func isBad(err error) bool {
	_, bad := err.(*badRecord)
	return bad
}

// read reads the record in a file, expired or not. Without a file it returns
// nil and no error, for what is not a record a *badRecord.
func (s *Store) read(path string) (*driver.Record, error) { return s.readPart(path, whole) }

// How much of a record is read: all of it, or but its values.
const (
	whole = iota
	headOnly
)

// headSize holds all but the values of a record, as long as its user's name is
// not out of the ordinary.
const headSize = 4096

func (s *Store) readPart(path string, part int) (*driver.Record, error) {
	f, err := open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.Is(err, syscall.ELOOP):
		return nil, &badRecord{"a link"}
	case err != nil:
		return nil, err
	}
	defer f.close()
	switch {
	case !f.regular:
		return nil, &badRecord{"not a regular file"}
	case hasModes && f.uid != s.uid:
		return nil, &badRecord{"written by another user"}
	case f.size == 0:
		return nil, &badRecord{"empty"}
	case f.size > s.limit:
		return nil, &badRecord{"too large"}
	}
	if part == headOnly {
		f.size = min(f.size, headSize)
	}
	text, err := f.text()
	if err != nil {
		return nil, err
	}
	if part == headOnly {
		head, _, ok := strings.Cut(text, `,"data":`)
		if !ok { // written in another way, or with a long name
			return s.read(path)
		}
		text = head + "}"
	}
	r, err := driver.ParseRecord(text)
	if err != nil {
		return nil, &badRecord{"cannot be decoded"}
	}
	r.Expires = expiryOf(f.mtime)
	return r, nil
}
