package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// A folder that was there a moment ago and is missing now may come back, with
// all the sessions in it. So nobody is told that one of them is gone, least of
// all who ended it, until it has been waited for.

// errVanished is the cause where such a folder is missing.
var errVanished = errors.New("it was moved away or removed while this program ran")

func vanished(dir string) error {
	return &FolderError{
		Dir:     dir,
		Problem: "is missing",
		Fix:     "put it back; if it is gone for good, so are its sessions, and this ends within some seconds",
		Err:     errVanished,
	}
}

// absent is err, which says that the shard has no such session, unless the
// shard has vanished. It is asked where nothing was found.
func (s *Store) absent(sh *shard, err error) error {
	if gone := s.gone(sh.dir, &sh.seen); gone != nil {
		return gone
	}
	return err
}

// indexVanished is why no session of a user is found, nil where there is
// none.
func (s *Store) indexVanished() error { return s.gone(s.usersFolder(), &s.indexSeen) }

// gone says that a folder has vanished, if it has.
func (s *Store) gone(dir string, seen *atomic.Bool) error {
	before := seen.Load() // or another goroutine may make it after the look
	switch {
	case there(dir):
		return nil
	case before || s.waiting(): // another process may have made it
		return vanished(dir)
	case !there(s.dir): // it was made when the store was opened
		return vanished(s.dir)
	}
	return nil
}

// intact makes sure that no session has vanished.
func (s *Store) intact() error {
	for i := range s.shards {
		if err := s.absent(&s.shards[i], nil); err != nil {
			return err
		}
	}
	return nil
}

func there(dir string) bool {
	_, err := os.Lstat(dir)
	return !errors.Is(err, fs.ErrNotExist)
}

// patience is how long what has vanished is waited for. A store that somebody
// has emptied must go on working.
const patience = 4 * time.Second

// survey notes which folders there are, and gives up those that have been
// missing for a while.
func (s *Store) survey() error {
	found := map[string]bool{}
	err := walk(s.sessionsFolder(), func(entries []fs.DirEntry) error {
		for _, e := range entries {
			found[e.Name()] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	var missing []*atomic.Bool
	note := func(dir string, seen *atomic.Bool, found bool) {
		switch {
		case found:
			seen.Store(true)
		case seen.Load() && !there(dir): // and was not made just now
			missing = append(missing, seen)
		}
	}
	for i := range s.shards {
		sh := &s.shards[i]
		note(sh.dir, &sh.seen, found[filepath.Base(sh.dir)])
	}
	users := s.usersFolder()
	note(users, &s.indexSeen, there(users))
	if s.waited(len(missing) > 0) {
		for _, seen := range missing {
			seen.Store(false)
		}
	}
	return nil
}

func (s *Store) waiting() bool {
	s.missing.Lock()
	defer s.missing.Unlock()
	return !s.missing.since.IsZero()
}

// waited reports whether something has been missing for long enough.
func (s *Store) waited(missing bool) bool {
	s.missing.Lock()
	defer s.missing.Unlock()
	now := time.Now()
	switch {
	case !missing:
		s.missing.since = time.Time{}
	case s.missing.since.IsZero():
		s.missing.since = now
	}
	if !missing || now.Sub(s.missing.since) < s.patience {
		return false
	}
	s.missing.since = time.Time{}
	return true
}

func (s *Store) sessionsFolder() string { return filepath.Join(s.dir, "sessions") }
func (s *Store) usersFolder() string    { return filepath.Join(s.dir, "users") }
