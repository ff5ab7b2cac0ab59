package session

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"log/slog"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/cookie"
	"github.com/gosessionkit/sessionkit/core/internal/guard"
	"github.com/gosessionkit/sessionkit/core/internal/observers"
	"github.com/gosessionkit/sessionkit/core/internal/opaque"
	"github.com/gosessionkit/sessionkit/core/internal/saver"
	"github.com/gosessionkit/sessionkit/core/internal/tally"
	"github.com/gosessionkit/sessionkit/core/internal/token"
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
	cfg      config.Config
	store    driver.Store
	guard    *guard.Guard // of store
	codec    Codec
	log      *slog.Logger
	now      func() time.Time
	secret   config.Secret // the key that signs, drawn or configured; see DeriveKey
	keys     token.Keyring
	cookie   cookie.Template
	former   formerCookie
	sources  sources
	saver    saver.Saver
	parent   *Manager             // which made this one, see Named
	previous []driver.Predecessor // see WithPredecessor
	heirs    []heirKey

	monitor    *diagnose.Monitor
	observers  *observers.List
	limited    *tally.Counts
	notRead    tally.LogLimiter
	notSaved   tally.LogLimiter
	cookieLost tally.LogLimiter
	notTouched tally.LogLimiter
	notLimited tally.LogLimiter
}

// Option changes what NewManager makes.
type Option func(*Manager)

// WithLogger sends the manager's log to l. Default: slog.Default(), which nil
// means too.
func WithLogger(l *slog.Logger) Option {
	return func(m *Manager) { m.log = cmp.Or(l, slog.Default()) }
}

// WithCodec encodes values with c. Default: [JSON], which nil means too.
func WithCodec(c Codec) Option {
	return func(m *Manager) { m.codec = cmp.Or(c, JSON) }
}

// WithClock takes the time from now. Default: time.Now, which nil means too.
// Stores have clocks of their own.
func WithClock(now func() time.Time) Option {
	return func(m *Manager) {
		if m.now = now; now == nil {
			m.now = time.Now
		}
	}
}

// NewManager makes a manager from cfg, whose zero value means the defaults,
// and a store, which the manager closes when it is closed itself. The error
// says which settings are wrong, or why the store does not answer. For one that
// answers and refuses it wraps a check.Finding that says why.
//
// The checks of package check run here, within 2 seconds, and what they find
// is logged. In production mode an error among them fails the start: the
// error then wraps a check.Finding for each. The store stays open. When that
// error would be another worker's key it first listens, for up to 7.5 seconds,
// whether that worker is still alive.
//
// ctx bounds the start. What the manager runs in the background, which tells the
// other workers that this one is alive, ends with it, or with Close.
func NewManager(ctx context.Context, cfg config.Config, store driver.Store, options ...Option) (*Manager, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if store == nil {
		return nil, errors.New("session: NewManager needs a store: memstore.New(0), or what stores.Open returns")
	}
	m := &Manager{manager: &manager{
		cfg:     cfg,
		store:   store,
		codec:   JSON,
		log:     slog.Default(),
		now:     time.Now,
		cookie:  cookie.New(cfg),
		limited: tally.New(limitNames()...),

		observers: &observers.List{},
	}}
	for _, option := range options {
		option(m)
	}
	if err := m.setSources(); err != nil {
		return nil, err
	}
	if cfg.Audit {
		m.observers.Add(audit(m.log))
	}
	if err := m.loadKeys(); err != nil {
		return nil, err
	}
	failed := tally.New(guard.Operations...)
	m.guard = guard.New(store, diagnose.Describe(store).Private, cfg.Timeout, failed, m.observers, sessionless)
	m.setUpSaver()
	m.monitor = diagnose.New(m.watched(failed))
	m.announcePredecessors()
	if err := m.monitor.Start(ctx); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Manager) setUpSaver() {
	s, cfg := &m.saver, &m.cfg
	s.Guard, s.Now, s.Realm, s.Timeout, s.MaxSize = m.guard, m.now, cfg.Cookie.Realm(), cfg.Timeout, cfg.MaxRecordSize
	s.Observers = m.observers
	s.Lifetime, s.AnonymousLifetime, s.IdleTimeout = cfg.Lifetime, cfg.AnonymousLifetime, cfg.IdleTimeout
}

// watched is what a monitor of the manager's needs to know.
func (m *Manager) watched(failed *tally.Counts) diagnose.Options {
	return diagnose.Options{Config: m.cfg, Store: m.store, Log: m.log, Now: m.now, Keys: m.keys.Fingerprints(), Limits: m.limited, Failed: failed, Observers: m.observers}
}

func (m *Manager) loadKeys() (err error) {
	key := m.cfg.SecretKey
	if key.IsZero() {
		var random [32]byte
		rand.Read(random[:])
		key = config.NewSecret(base64.RawURLEncoding.EncodeToString(random[:]))
	}
	m.secret = key
	return m.deriveKeys(append([]config.Secret{key}, m.cfg.SecretKeyFallbacks...))
}

func (m *Manager) deriveKeys(secrets []config.Secret) (err error) {
	if m.keys, err = token.NewKeyring(m.cfg.Cookie.Name, secrets...); err != nil {
		return err
	}
	if m.former, err = newFormerCookie(m.cfg.Cookie.Name, secrets...); err != nil {
		return err
	}
	m.heirs, err = newHeirKeys(m.cfg.Cookie.Name, secrets...)
	return err
}

// Close stops what the manager runs and closes the store. Closing one that
// [Manager.Named] has made does nothing.
func (m *Manager) Close() error {
	if m.parent != nil {
		return nil
	}
	m.monitor.Stop()
	return m.store.Close()
}

// Store is the store that the manager was made with.
func (m *Manager) Store() driver.Store { return m.store }

// Config is the configuration with its defaults filled in.
func (m *Manager) Config() config.Config { return m.cfg }

// Diagnostics is what the manager knows of its set-up, of what requests meet and
// of the other workers: for reports, and for adapters.
func (m *Manager) Diagnostics() *diagnose.Monitor { return m.monitor }

// newRecord is an empty session of the user's, "" for nobody, that begins now.
func (m *Manager) newRecord(user string) *driver.Record {
	now := m.now().Truncate(time.Millisecond)
	deadline := now.Add(m.saver.LifetimeOf(user))
	return &driver.Record{Created: now, Deadline: deadline, Expires: m.saver.IdleEnd(now, deadline, 0), Realm: m.saver.Realm}
}

func (m *Manager) owner(user string) driver.Owner {
	return driver.Owner{Realm: m.saver.Realm, User: user}
}

// DeriveKey derives a key of size bytes, at most 8,160, from the secret key for
// another use than cookies, which label names, with HKDF (RFC 5869). It is the
// same on every worker that has the same secret key. Where none is configured
// it is this process's own. Earlier keys have no part in it.
func (m *Manager) DeriveKey(label string, size int) ([]byte, error) {
	return m.secret.Derive(label, size)
}
