package file

import (
	"context"
	"errors"
	"io/fs"
	"iter"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// All implements [driver.Lister]. It holds the ids of one folder in 256 at a
// time, and no lock.
func (s *Store) All(ctx context.Context) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		for i := range s.shards {
			if err := s.usable(ctx); err != nil {
				yield(driver.Entry{}, err)
				return
			}
			ids, err := listIDs(s.shards[i].dir, recordSuffix)
			if err == nil && ids == nil {
				err = s.absent(&s.shards[i], nil)
			}
			if err != nil {
				yield(driver.Entry{}, s.failAll("list the sessions", err))
				return
			}
			for _, id := range ids {
				r, err := s.Load(ctx, id)
				if errors.Is(err, driver.ErrNotFound) {
					continue
				}
				if err != nil {
					yield(driver.Entry{}, err)
					return
				}
				if !yield(driver.Entry{ID: id, Record: r}, nil) {
					return
				}
			}
		}
	}
}

// Count implements [driver.Lister]. It looks at times and reads no session.
func (s *Store) Count(ctx context.Context) (n int, exact bool, err error) {
	for i := range s.shards {
		before := n
		err := walk(s.shards[i].dir, func(entries []fs.DirEntry) error {
			if err := s.usable(ctx); err != nil {
				return err
			}
			for _, e := range entries {
				if _, ok := idOf(e.Name(), recordSuffix); !ok {
					continue
				}
				if info, err := e.Info(); err == nil && !expired(info) {
					n++
				}
			}
			return nil
		})
		if err == nil && n == before {
			err = s.absent(&s.shards[i], nil)
		}
		switch {
		case s.closed.Load():
			return 0, false, driver.ErrClosed
		case ctx.Err() != nil:
			return n, false, nil
		case err != nil:
			return n, false, s.failAll("count the sessions", err)
		}
	}
	return n, true, nil
}
