package file

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// DefaultSweepInterval is how often expired sessions are removed unless told
// otherwise.
const DefaultSweepInterval = time.Minute

// maxRecord is the largest file that is read or written, in bytes. What is
// larger was not written by this package.
const maxRecord = 64 << 20

// Option changes what Open makes.
type Option func(*options)

type options struct {
	logger *slog.Logger
	sweep  time.Duration
	sync   bool
}

// WithLogger has l told of records that cannot be decoded and of sweeps that
// fail. Default: slog.Default(), which nil means too.
func WithLogger(l *slog.Logger) Option {
	return func(o *options) { o.logger = cmp.Or(l, slog.Default()) }
}

// WithSweepInterval sets the time between two sweeps of the folder. Of several
// processes on one folder one sweeps for all, and each makes sure that the folder
// is still private, and those above it out of others' reach. Default:
// [DefaultSweepInterval], which 0 means too. Below 0: no sweeps, except by calling
// Sweep, and no such look but by Ping.
func WithSweepInterval(d time.Duration) Option {
	return func(o *options) { o.sweep = cmp.Or(d, DefaultSweepInterval) }
}

// WithSync makes a save or a removal wait until the disk has it, so that it
// outlives a power failure or a crash of the kernel. Without it the changes of
// the last seconds may be missing then, and on some file systems the sessions
// that were changed. A crash of the process alone loses nothing either way. A
// save takes milliseconds with it on most disks. Default: false.
func WithSync(on bool) Option { return func(o *options) { o.sync = on } }

// Store keeps sessions in a folder. It is safe for concurrent use, by any
// number of processes of one user on one machine.
type Store struct{ *inside }

// inside is what a Store holds, behind a pointer that fmt does not follow.
type inside struct {
	dir    string
	uid    int // the user this process runs as
	sync   bool
	limit  int64 // largest record, in bytes
	log    *slog.Logger
	shards [shardCount]shard

	patience  time.Duration // see there
	indexSeen atomic.Bool   // the folder of the index was there
	missing   struct {
		sync.Mutex
		since time.Time // zero: all that was seen is there
	}

	identified atomic.Bool  // the folder had an identity before
	emptied    atomic.Int64 // when it had lost it, Unix nanoseconds; 0 for never

	refused atomic.Bool // the folder was found not to be private
	closed  atomic.Bool
	stop    context.CancelFunc
	done    chan struct{} // closed when the background sweep has returned
}

var (
	_ driver.Store      = (*Store)(nil)
	_ driver.UserIndex  = (*Store)(nil)
	_ driver.Lister     = (*Store)(nil)
	_ driver.Pinger     = (*Store)(nil)
	_ driver.Sweeper    = (*Store)(nil)
	_ driver.Identifier = (*Store)(nil)
	_ driver.Describer  = (*Store)(nil)
)

// Open opens the store in dir and makes the folder where there is none. A
// folder that others can read, that is somebody else's, that lies where others
// may move it, or that cannot be used for another reason gives a *FolderError
// that names the fix.
//
// Close the store to end its background sweep.
func Open(dir string, opts ...Option) (*Store, error) {
	o := options{logger: slog.Default(), sweep: DefaultSweepInterval}
	for _, opt := range opts {
		opt(&o)
	}
	if dir == "" {
		return nil, &FolderError{Problem: "no folder was named", Fix: "name one, or take DefaultDir"}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, &FolderError{Dir: dir, Problem: "cannot be found", Fix: "give an absolute path", Err: err}
	}
	s := &Store{&inside{
		dir:   dir,
		uid:   os.Geteuid(),
		sync:  o.sync,
		limit: maxRecord,
		log:   o.logger,

		patience: patience,
		done:     make(chan struct{}),
	}}
	s.initShards()
	if err := s.claim(); err != nil {
		return nil, err
	}
	if err := s.tryOut(); err != nil {
		return nil, err
	}
	if err := s.survey(); err != nil {
		return nil, s.failAll("list the folders of sessions", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	if o.sweep > 0 {
		go s.background(ctx, o.sweep)
	} else {
		close(s.done)
	}
	return s, nil
}

// Close implements [driver.Store]. It ends the background sweep and waits
// for it; the files stay.
func (s *Store) Close() error {
	s.closed.Store(true)
	s.stop()
	<-s.done
	return nil
}

// Format shows where the store is, whatever the verb, and nothing else of it.
func (s *Store) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "file store in %s", s.dir) }

// Describe implements [driver.Describer].
func (s *Store) Describe() driver.Description {
	return driver.Description{Kind: "file", Address: s.dir}
}

// usable is the first question of every method.
func (s *Store) usable(ctx context.Context) error {
	if err := s.alive(ctx); err != nil {
		return err
	}
	if s.refused.Load() {
		return s.claim()
	}
	return nil
}

func (s *Store) alive(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.closed.Load() {
		return driver.ErrClosed
	}
	return nil
}
