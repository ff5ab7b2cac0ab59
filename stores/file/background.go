package file

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// leftoverEvery is how many sweeps come to one clean-up of leftovers: they
// are few, harmless, and take a look at every logged-in session.
const leftoverEvery = 60

// A sweep pauses after each step, so that it takes a fraction of the interval
// and is never noticed by requests.
const (
	maxPause  = 2 * time.Millisecond
	stepShare = 1024
)

// background looks at the folder and sweeps it until ctx is done. Somebody
// else may have put another folder in its place, with what he has kept of
// ours.
func (s *Store) background(ctx context.Context, interval time.Duration) {
	defer close(s.done)
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := s.examine(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.log.Error("file store: the session folder is not used until it is put right", "error", err)
			continue
		}
		_ = s.survey() // an error shows in whatever is done next
		w := sweep{Store: s, pause: min(interval/stepShare, maxPause)}
		s.whenDue(ctx, ".sweep.lock", interval, w.sessions)
		s.whenDue(ctx, ".leftovers.lock", leftoverEvery*interval, w.leftovers)
	}
}

// whenDue runs a chore unless another process does or did within the
// interval. The lock file's modification time is when it was run last.
func (s *Store) whenDue(ctx context.Context, name string, interval time.Duration, chore func(context.Context) error) {
	lock := lockFile(filepath.Join(s.dir, name))
	ok, err := lock.TryLock()
	if errors.Is(err, fs.ErrNotExist) {
		err = createEmpty(lock.Path()) // its time begins
	}
	if errors.Is(err, fs.ErrNotExist) || err == nil && !ok {
		return
	}
	if err == nil {
		defer lock.Unlock()
		var due bool
		if due, err = takeTurn(lock, interval); err == nil && due {
			err = chore(ctx)
		}
	}
	if err != nil && ctx.Err() == nil && !s.closed.Load() {
		s.log.Warn("file store: a sweep of expired sessions failed; it is tried again",
			"folder", s.dir, "in", interval, "error", bare(err))
	}
}

// takeTurn notes that the chore is run now, if its time has come.
func takeTurn(lock *flock.Flock, interval time.Duration) (bool, error) {
	info, err := lock.Stat()
	if err != nil {
		return false, err
	}
	now := time.Now()
	age := now.Sub(info.ModTime())
	if age >= 0 && age < interval*9/10 { // tickers of several processes drift
		return false, nil
	}
	return true, os.Chtimes(lock.Path(), time.Time{}, now)
}
