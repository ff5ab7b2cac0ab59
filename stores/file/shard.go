package file

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// shardCount is the number of session folders, and so of locks: how many
// sessions can change at the same time.
const shardCount = 256

// Another process holds a lock for some ten microseconds at a time, longer
// only when the disk is slow, so the first looks follow each other closely.
const (
	firstLook = 50 * time.Microsecond
	maxLook   = 2 * time.Millisecond
)

// errNoShard: the folder has not been made, so nothing is in it.
var errNoShard = errors.New("no such folder")

// shard is one of the folders that sessions are spread over.
type shard struct {
	dir  string
	seen atomic.Bool // the folder was there

	// turn is taken before the lock file, so that the goroutines of this
	// process queue up here and only processes poll.
	turn chan struct{}
	file *flock.Flock // used by who has the turn
}

func (s *Store) initShards() {
	for i := range s.shards {
		dir := filepath.Join(s.sessionsFolder(), fmt.Sprintf("%02x", i))
		sh := &s.shards[i]
		sh.dir = dir
		sh.turn = make(chan struct{}, 1)
		sh.file = lockFile(filepath.Join(dir, ".lock"))
	}
}

func (s *Store) shard(id driver.ID) *shard { return &s.shards[id[0]] }

// path is the file of a session.
func (sh *shard) path(id driver.ID) string {
	b := append(make([]byte, 0, 256), sh.dir...)
	b = append(b, filepath.Separator)
	b = hex.AppendEncode(b, id[:])
	return string(append(b, recordSuffix...))
}

// lock waits until nobody else, goroutine or process, changes this shard, or
// until ctx is done. A shard whose folder is missing is made with create, and
// is errNoShard without, unless it has vanished.
func (s *Store) lock(ctx context.Context, sh *shard, create bool) error {
	select {
	case sh.turn <- struct{}{}:
	default:
		select {
		case sh.turn <- struct{}{}:
		case <-ctx.Done():
			return notAsked{fmt.Errorf("waiting for its lock: %w", ctx.Err())}
		}
	}
	err := acquire(ctx, sh.file)
	if errors.Is(err, fs.ErrNotExist) {
		if err = s.makeShard(sh, create); err == nil {
			err = acquire(ctx, sh.file)
		}
	}
	if err == nil {
		err = s.checkLock(sh)
	}
	if err != nil {
		sh.unlock()
		return err
	}
	sh.saw()
	return nil
}

// saw notes that the shard's folder is there.
func (sh *shard) saw() {
	if !sh.seen.Load() {
		sh.seen.Store(true)
	}
}

func (sh *shard) unlock() {
	sh.file.Unlock() // of a lock that is not held: does nothing
	<-sh.turn
}

// lockFile is a lock on a file, which it does not make: a file that the lock
// made would have the modes that the umask leaves it.
func lockFile(path string) *flock.Flock {
	return flock.New(path, flock.SetFlag(os.O_RDWR))
}

// acquire polls for a lock file, which has to exist.
func acquire(ctx context.Context, f *flock.Flock) error {
	for wait := firstLook; ; wait = min(2*wait, maxLook) {
		ok, err := f.TryLock()
		if ok {
			return nil
		}
		if err != nil && !errors.Is(err, syscall.EINTR) {
			return err
		}
		timer := time.NewTimer(wait/2 + rand.N(wait))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return notAsked{fmt.Errorf("waiting for its lock, which another process holds: %w", ctx.Err())}
		}
	}
}

// notAsked is the time-out of a call that has waited for a lock. One of 256 folders
// that is busy says nothing of the others, nor of sessions that are read, which
// takes no lock.
type notAsked struct{ error }

func (e notAsked) Unwrap() error { return e.error }

// Counted tells the manager's breaker that the disk was not asked.
func (notAsked) Counted() bool { return true }

// makeShard makes the lock file, and the folder with create.
func (s *Store) makeShard(sh *shard, create bool) error {
	if create {
		if err := s.makeFolder(sh.dir); err != nil {
			return err
		}
	} else if err := s.own(sh.dir); errors.Is(err, fs.ErrNotExist) {
		return s.absent(sh, errNoShard)
	} else if err != nil {
		return err
	}
	return createEmpty(sh.file.Path())
}

// checkLock makes sure that the folder that was locked is ours: a file of
// ours nobody else can make.
func (s *Store) checkLock(sh *shard) error {
	info, err := sh.file.Stat()
	if err == nil && !s.ours(info) {
		err = foreign(sh.dir)
	}
	return err
}
