package diagnose

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/internal/guard"
	"github.com/gosessionkit/sessionkit/core/internal/observers"
	"github.com/gosessionkit/sessionkit/core/internal/tally"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/internal/opaque"
)

// Monitor watches one worker's sessions, their store and the other workers. It
// is safe for concurrent use, and none of what requests call waits for anything.
type Monitor struct {
	opaque.Inside
	*monitor
}

// monitor is what a Monitor holds, behind a pointer that fmt does not follow.
type monitor struct {
	cfg    config.Config
	store  driver.Store
	log    *slog.Logger
	now    func() time.Time
	keys   []config.Fingerprint
	limits *tally.Counts
	failed *tally.Counts

	observers *observers.List
	counting  sync.Once
	counters  atomic.Pointer[counters] // see Counts
	history   history
	told      atomic.Pointer[map[string]string] // see worker.Info
	storeID   atomic.Uint32                     // see StoreID

	self       worker.Info  // what does not change
	framework  atomic.Value // string, see SetFramework
	route      atomic.Value // func(context.Context) string, see SetRoute
	operator   atomic.Value // func(string) bool, see SetOperator
	skew       atomic.Int64 // nanoseconds, see worker.Info
	rejections rejections
	seen       observations
	reported   []string              // ids of the findings about other workers; the beat's, see watch
	lossLogged bool                  // the beat's, see seekLosses
	lastBeat   atomic.Pointer[error] // see BeatError
	watching   bool                  // for requests from elsewhere, see Watch
	elsewhere  atomic.Pointer[string]

	parent     *Monitor    // whose beat serves this one too, see Named
	migrations *migrations // nil for none

	stop       context.CancelFunc
	background sync.WaitGroup
}

// Observe has o hear of what happens to sessions from now on; see
// [session.WithObserver]. It is for what is made after the manager, such as metrics.
func (m *Monitor) Observe(o event.Observer) { m.observers.Add(o) }

// Options are what a Monitor needs to know. All must be set.
type Options struct {
	Config config.Config // with its defaults
	Store  driver.Store
	Log    *slog.Logger
	Now    func() time.Time
	Keys   []config.Fingerprint // the one that signs, then the fallbacks
	Limits *tally.Counts        // refusals, by limit
	Failed *tally.Counts        // failures of the store, by operation

	Observers *observers.List
}

// New returns a monitor that has not started yet.
func New(o Options) *Monitor {
	m := &Monitor{monitor: &monitor{
		cfg: o.Config, store: o.Store, log: o.Log, now: o.Now, keys: o.Keys, limits: o.Limits, failed: o.Failed, observers: o.Observers,
		watching: watches(o.Config),
	}}
	m.self = m.introduce()
	return m
}

// Start asks the store who it is, runs the checks of package check, within 2
// seconds, and logs what was decided and what they found. In production mode an
// error among the findings is Start's error, which then wraps a [check.Finding]
// for each; when that would be another worker's key it first listens, for up to
// 7.5 seconds, whether that worker is still alive.
//
// The monitor then announces this worker in the store, and looks at the others,
// until ctx is done or it is stopped.
func (m *Monitor) Start(ctx context.Context) error {
	if err := m.identify(ctx); err != nil {
		return m.unidentified(ctx, err)
	}
	if err := m.examine(ctx); err != nil {
		return err
	}
	ctx, m.stop = context.WithCancel(ctx)
	if !m.private() {
		m.background.Go(func() { m.beat(ctx) })
	}
	if m.cfg.DebugEndpoints {
		m.background.Go(func() { m.remember(ctx) })
	}
	m.register()
	return nil
}

// Stop ends what Start has begun, and takes this worker out of the store.
func (m *Monitor) Stop() {
	m.unregister()
	m.stop()
	m.background.Wait()
}

// private reports whether nobody but this process sees the store.
func (m *Monitor) private() bool { return Describe(m.store).Private }

// bound bounds a wait for the store by its timeout.
func (m *Monitor) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, m.cfg.Timeout, guard.ErrTimeout)
}

// StoreID is the store's identity, as cookies carry it: the zero one where the
// store has none.
func (m *Monitor) StoreID() (id driver.StoreID) {
	binary.BigEndian.PutUint32(id[:], m.beats().storeID.Load())
	return id
}

// identify learns the store's id, and writes it back where it is missing.
func (m *Monitor) identify(ctx context.Context) error {
	store, ok := m.store.(driver.Identifier)
	if !ok {
		return nil
	}
	ctx, cancel := m.bound(ctx)
	defer cancel()
	proposed := m.StoreID()
	for proposed == (driver.StoreID{}) {
		rand.Read(proposed[:])
	}
	id, err := store.Identify(ctx, proposed)
	if err == nil {
		m.storeID.Store(binary.BigEndian.Uint32(id[:]))
	}
	return err
}

// Fingerprints names the keys: the one that signs, then the fallbacks.
func (m *Monitor) Fingerprints() []config.Fingerprint { return m.keys }

// Limits returns how often each limit has refused something since the start:
// "keys" in a session (session.MaxKeys), "key_length" (session.MaxKeyLength),
// "depth" of a value's nesting (100), "header" (session.MaxCookieHeader), "size"
// of a record (--session-max-size), "sessions" in a store that is full, "cookies"
// of the session's name in one request (session.MaxCookies, and 16 sessions that
// they name).
func (m *Monitor) Limits() map[string]uint64 { return m.limits.Map() }

// StoreErrors returns how often the store has failed a request since the start,
// because it could not be reached, was too slow or refused, by what it was
// asked: "load", "save", "touch", "delete", "renew" or "list by user". What is
// answered in place of a store that is given up counts too.
func (m *Monitor) StoreErrors() map[string]uint64 { return m.failed.Map() }
