package file

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// sweepBatch is how many files are removed before a folder's lock is handed
// on and others get their turn at the disk: a save waits for a few hundred
// microseconds.
const sweepBatch = 16

// sweepPatience is how long a sweep waits for one lock. A process that was
// stopped in the middle of a save must not stop the sweep as well.
const sweepPatience = 2 * time.Second

// Sweep implements [driver.Sweeper]. It removes expired sessions at once,
// and then what killed processes left behind: unfinished files, index entries
// of sessions that are gone, sessions that were revoked and not yet removed,
// set-aside records of more than 7 days, revocations of more than 400.
func (s *Store) Sweep(ctx context.Context) (removed int, err error) {
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	w := sweep{Store: s}
	err = errors.Join(w.sessions(ctx), w.leftovers(ctx))
	switch {
	case s.closed.Load():
		err = driver.ErrClosed
	case ctx.Err() != nil:
		err = ctx.Err()
	case err != nil:
		err = s.failAll("sweep", err)
	}
	return w.removed, err
}

// sweep is one pass over the folder. An error ends the part it comes up in,
// such as one folder of sessions, and not the pass.
type sweep struct {
	*Store
	pause   time.Duration // between two steps
	removed int           // sessions
}

// rest lets others have the disk for a moment. An error ends the pass.
func (w *sweep) rest(ctx context.Context) error {
	if w.pause > 0 {
		timer := time.NewTimer(w.pause)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return w.usable(ctx)
}

// sessions removes expired sessions and unfinished files.
func (w *sweep) sessions(ctx context.Context) error {
	var errs error
	for i := range w.shards {
		sh := &w.shards[i]
		err := walk(sh.dir, func(entries []fs.DirEntry) error {
			err := w.shardStep(ctx, sh, entries)
			return errors.Join(err, w.rest(ctx))
		})
		if err := w.usable(ctx); err != nil {
			return err
		}
		errs = errors.Join(errs, err)
	}
	return errs
}

// shardStep finds what can go by its name and time, without the lock.
func (w *sweep) shardStep(ctx context.Context, sh *shard, entries []fs.DirEntry) error {
	var old []string
	for _, e := range entries {
		if removable(e) {
			old = append(old, e.Name())
		}
	}
	for len(old) > 0 {
		n := min(len(old), sweepBatch)
		if err := w.removeOld(ctx, sh, old[:n]); err != nil {
			return err
		}
		old = old[n:]
		if len(old) > 0 { // the caller rests after the last
			if err := w.rest(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func removable(e fs.DirEntry) bool {
	if strings.HasSuffix(e.Name(), tempSuffix) {
		return true
	}
	if !strings.HasSuffix(e.Name(), renewedSuffix) {
		if _, ok := idOf(e.Name(), recordSuffix); !ok {
			return false
		}
	}
	info, err := e.Info()
	return err == nil && info.Mode().IsRegular() && expired(info)
}

// removeOld removes those that are still old under the lock: a session may
// have been touched in the meantime, and an unfinished file is one that has
// no writer any more.
func (w *sweep) removeOld(ctx context.Context, sh *shard, names []string) error {
	ctx, cancel := context.WithTimeout(ctx, sweepPatience)
	defer cancel()
	if err := w.lock(ctx, sh, false); errors.Is(err, errNoShard) {
		return nil
	} else if err != nil {
		return err
	}
	defer sh.unlock()
	var errs error
	for _, name := range names {
		path := sh.dir + string(os.PathSeparator) + name
		info, err := os.Lstat(path)
		if err != nil || !removable(fs.FileInfoToDirEntry(info)) {
			continue
		}
		if err := whileBusy(func() error { return os.Remove(path) }); err != nil {
			errs = errors.Join(errs, bare(err))
		} else if strings.HasSuffix(name, recordSuffix) {
			w.removed++
		}
	}
	return errs
}
