package session

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/opaque"
	"github.com/gosessionkit/sessionkit/core/worker"
)

// Manager makes sessions out of requests and a store. One serves a whole
// app; several with different cookie names live side by side. It is safe for
// concurrent use.
type Manager struct {
	inside
	*manager
}

// inside keeps what embeds it out of prints.
type inside = opaque.Inside

// manager is what a Manager holds, behind a pointer that fmt does not follow.
type manager struct {
	cfg    config.Config
	store  driver.Store
	calls  driver.Store     // store, behind a breaker where it can make a caller wait
	tagged driver.TagLoader // calls, where the store is one
	realm  string           // see Owner
	codec  Codec
	log    *slog.Logger
	now    func() time.Time
	keys   keyring
	cookie cookieTemplate
	former formerCookie
	bound  bool          // whether the store can make a caller wait
	origin atomic.Uint32 // the store's, see Origin
	lanes  lanes

	deadlines deadlines // of calls of the store

	self       worker.Info  // what does not change
	framework  atomic.Value // string, see SetFramework
	skew       atomic.Int64 // nanoseconds, see worker.Info
	rejections rejections
	notRead    rareLine
	notSaved   rareLine
	cookieLost rareLine
	notTouched rareLine
	reported   []string // ids of the findings about other workers; the beat's, see watch
	limited    limitCounts
	failed     operationCounts
	lastBeat   atomic.Pointer[error] // see BeatError
	seen       observations
	watching   bool // for requests from elsewhere, see Watch
	elsewhere  atomic.Pointer[string]
	secret     config.Secret // the key that signs, drawn or configured; see DeriveKey
	stop       context.CancelFunc
	background sync.WaitGroup
}

// Option changes what NewManager makes.
type Option func(*Manager)

// WithLogger sends the manager's log to l instead of slog.Default().
func WithLogger(l *slog.Logger) Option { return func(m *Manager) { m.log = l } }

// WithCodec encodes values with c instead of JSON.
func WithCodec(c Codec) Option { return func(m *Manager) { m.codec = c } }

// WithClock takes the time from now instead of time.Now. Stores have clocks
// of their own.
func WithClock(now func() time.Time) Option { return func(m *Manager) { m.now = now } }

// NewManager makes a manager from cfg, whose zero value means the defaults,
// and a store, which the manager closes when it is closed itself. The error
// says which settings are wrong, or why the store does not answer. For one that
// answers and refuses it wraps a [check.Finding] that says why.
//
// The checks of package check run here, within 2 seconds, and what they find
// is logged. In production mode an error among them fails the start: the
// error then wraps a [check.Finding] for each. The store stays open. When that
// error would be another worker's key it first listens, for up to 7.5 seconds,
// whether that worker is still alive.
func NewManager(cfg config.Config, store driver.Store, options ...Option) (*Manager, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if store == nil {
		return nil, errors.New("session: NewManager needs a store: memstore.New(0), or what stores.Open returns")
	}
	m := &Manager{manager: &manager{
		cfg:   cfg,
		store: store,
		codec: JSON,
		log:   slog.Default(),
		now:   time.Now,

		watching: watches(cfg),
	}}
	m.bound = !describe(store).Private
	for _, option := range options {
		option(m)
	}
	m.calls = store
	m.tagged, _ = store.(driver.TagLoader)
	if m.bound {
		b := &breaker{Store: store, tagged: m.tagged, start: time.Now()}
		m.calls = b
		if m.tagged != nil {
			m.tagged = b
		}
	}
	m.realm = realmOf(cfg.Cookie.Name)
	m.deadlines.timeout = cfg.Timeout
	m.cookie = newCookieTemplate(cfg)
	if err := m.loadKeys(); err != nil {
		return nil, err
	}
	m.self = m.introduce()
	if err := m.identify(context.Background()); err != nil {
		return nil, m.unidentified(err)
	}
	if err := m.examine(); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	m.stop = stop
	if m.bound {
		m.background.Go(func() { m.beat(ctx) })
	}
	m.enroll()
	return m, nil
}

func (m *Manager) loadKeys() (err error) {
	key := m.cfg.SecretKey
	if key.IsZero() {
		var random [32]byte
		rand.Read(random[:])
		key = config.NewSecret(base64.RawURLEncoding.EncodeToString(random[:]))
	}
	m.secret = key
	secrets := append([]config.Secret{key}, m.cfg.SecretKeyFallbacks...)
	if m.keys, err = newKeyring(m.cfg.Cookie.Name, secrets...); err != nil {
		return err
	}
	m.former, err = newFormerCookie(m.cfg.Cookie.Name, secrets...)
	return err
}

// Close stops what the manager runs and closes the store.
func (m *Manager) Close() error {
	m.discharge()
	m.stop()
	m.background.Wait()
	return m.store.Close()
}

// Store is the store that the manager was made with.
func (m *Manager) Store() driver.Store { return m.store }

// Config is the configuration with its defaults filled in.
func (m *Manager) Config() config.Config { return m.cfg }

// Fingerprints names the keys: the one that signs, then the fallbacks.
func (m *Manager) Fingerprints() []Fingerprint {
	prints := make([]Fingerprint, len(m.keys))
	for i := range m.keys {
		prints[i] = m.keys[i].fingerprint
	}
	return prints
}

// Origin is the store's identity, as cookies carry it.
func (m *Manager) Origin() driver.StoreID { return unpackOrigin(m.origin.Load()) }

func (m *Manager) load(ctx context.Context, id ID, tag driver.OwnerTag) (r *driver.Record, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	bounded, cancel := m.inTime(ctx)
	defer cancel()
	if m.tagged != nil && tag != (driver.OwnerTag{}) {
		r, err = m.tagged.LoadTagged(bounded, id, tag)
	} else {
		r, err = m.calls.Load(bounded, id)
	}
	if err != nil {
		return nil, m.failure(ctx, "load", id, err)
	}
	return r, nil
}

func (m *Manager) touch(ctx context.Context, id ID, expires time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	bounded, cancel := m.inTime(ctx)
	defer cancel()
	if err := m.calls.Touch(bounded, id, expires); err != nil {
		return m.failure(ctx, "touch", id, err)
	}
	return nil
}

// failure tells a caller who went away, or had less patience than the timeout,
// from a store that fails.
func (m *Manager) failure(caller context.Context, op string, id ID, err error) error {
	if cause := impatience(caller, err); cause != nil {
		return cause
	}
	return m.storeError(op, id, err)
}

// storeContext bounds a wait for the store with a timer of its own, for what
// asks for more than one record; see inTime for the others.
func (m *Manager) storeContext(ctx context.Context) (context.Context, context.CancelFunc) {
	if !m.bound {
		return ctx, unbounded
	}
	return context.WithTimeoutCause(ctx, m.cfg.Timeout, errStoreTimeout)
}

var errStoreTimeout = errors.New("the store did not answer in time (--session-timeout)")

// storeError makes every failure that is not one of the contract's own an
// ErrUnavailable.
func (m *Manager) storeError(op string, id ID, err error) error {
	var conflict *driver.ConflictError
	switch {
	case err == nil, errors.Is(err, driver.ErrNotFound), errors.Is(err, ErrGone), errors.Is(err, ErrContended),
		errors.Is(err, ErrTooLarge), errors.Is(err, ErrClosed), errors.Is(err, ErrStoreFull),
		errors.As(err, &conflict):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("%w: %w", errStoreTimeout, err)
	}
	m.failed.count(op)
	return fmt.Errorf("%w: %s of session %s: %w", ErrUnavailable, op, id.Short(), err)
}

// newRecord is an empty session of the user's, "" for nobody, that begins now.
func (m *Manager) newRecord(user string) *driver.Record {
	now := m.now().Truncate(time.Millisecond)
	deadline := now.Add(m.lifetime(user))
	return &driver.Record{Created: now, Deadline: deadline, Expires: m.idleEnd(now, deadline, 0), Realm: m.realm}
}

// lifetime is the configured one of a user's sessions, "" for nobody.
func (m *Manager) lifetime(user string) time.Duration {
	if user == "" && m.cfg.AnonymousLifetime > 0 {
		return m.cfg.AnonymousLifetime
	}
	return m.cfg.Lifetime
}

// identify learns the store's origin, and writes it back where it is missing.
func (m *Manager) identify(ctx context.Context) error {
	store, ok := m.store.(driver.Identifier)
	if !ok {
		return nil
	}
	ctx, cancel := m.storeContext(ctx)
	defer cancel()
	proposed := m.Origin()
	for proposed == (driver.StoreID{}) {
		rand.Read(proposed[:])
	}
	origin, err := store.Identify(ctx, proposed)
	if err == nil {
		m.origin.Store(packOrigin(origin))
	}
	return err
}

func packOrigin(o driver.StoreID) uint32 {
	return uint32(o[0])<<24 | uint32(o[1])<<16 | uint32(o[2])<<8 | uint32(o[3])
}

func unpackOrigin(n uint32) driver.StoreID {
	return driver.StoreID{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
}
