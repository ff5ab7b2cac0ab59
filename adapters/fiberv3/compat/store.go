package session

import (
	"context"
	"encoding/gob"
	"errors"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/extractors"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/untyped"
	"github.com/gosessionkit/sessionkit/stores"
)

// The errors of a [Store], beside the kit's.
var (
	ErrEmptySessionID                   = errors.New("session ID cannot be empty")
	ErrSessionAlreadyLoadedByMiddleware = errors.New("session already loaded by middleware")
	ErrSessionIDNotFoundInStore         = errors.New("session ID not found in session store")
)

// Store gives requests their sessions. It is safe for concurrent use.
type Store struct {
	Config

	places  []extractors.Extractor
	name    string // of the cookie
	manager *stores.Lazy
	debug   lazyHandler
}

// NewStore returns a store and opens nothing. It panics for a Config that makes no
// sense.
func NewStore(config ...Config) *Store { return newStore(withDefaults(config)) }

func newStore(cfg Config) *Store {
	s := &Store{Config: cfg}
	s.places, s.name = places(cfg.Extractor)
	s.manager = stores.NewLazy(s.open)
	return s
}

// Manager is the kit's own, for what Fiber's session middleware has no word for. It
// opens the store, unless that was done, and says why it cannot be used.
func (s *Store) Manager() (*session.Manager, error) { return s.manager.Manager() }

// Close closes the store. It may be called twice, and before the first request.
func (s *Store) Close() error { return s.manager.Close() }

// open makes the manager from the environment and the Config.
func (s *Store) open() (*session.Manager, error) {
	cfg, err := config.FromEnvironment()
	if err != nil {
		return nil, err
	}
	cfg.Lifetime, cfg.IdleTimeout = s.lifetime(), s.IdleTimeout
	cfg.AnonymousLifetime = 0 // nobody here knows who is logged in
	cfg.Cookie.Name = s.name
	cfg.Cookie.Domain, cfg.Cookie.Path, cfg.Cookie.UntilClosed = s.CookieDomain, s.CookiePath, s.CookieSessionOnly
	if s.CookieSecure {
		cfg.Cookie.Secure = config.SecureAlways
	}
	cfg.DebugEndpoints = cfg.DebugEndpoints || s.DebugEndpoints
	if s.Configure != nil {
		s.Configure(&cfg)
	}
	options := []session.Option{session.WithCodec(untyped.KeepTypes)}
	if s.Storage != nil {
		p := Predecessor(s.Storage, s.name)
		p.Until = s.StorageUntil
		options = append(options, session.WithPredecessor(p))
	}
	m, err := stores.WithoutSecretKey(context.Background(), cfg, stores.OnClientOf(s.Storage, cfg), options...)
	if err != nil {
		return nil, err
	}
	m.Diagnostics().SetFramework("fiberv3")
	return m, nil
}

// RegisterType makes a type of the app's known to encoding/gob.
func (*Store) RegisterType(i any) { gob.Register(i) }

// Reset ends all sessions of the store: those that came to it, and not those that
// wait in the Storage from before.
func (s *Store) Reset(ctx context.Context) error {
	m, err := s.Manager()
	if err == nil {
		_, err = m.DestroyAll(ctx)
	}
	return err
}

// Delete ends the session with the ID, on every worker. One that is not there is no
// error; no ID is ErrEmptySessionID.
func (s *Store) Delete(ctx context.Context, id string) error {
	if id == "" {
		return ErrEmptySessionID
	}
	known, err := driver.ParseID(id)
	if err != nil {
		return nil
	}
	m, err := s.Manager()
	if err != nil {
		return err
	}
	return m.Destroy(ctx, known)
}

// GetByID returns the session with an ID, for code that has no request of its
// visitor. It has no cookie, and is saved by its Save alone. The errors are
// ErrEmptySessionID, ErrSessionIDNotFoundInStore and, while the store is out of
// reach, the kit's ErrUnavailable. ctx is for as long as the session is used.
func (s *Store) GetByID(ctx context.Context, id string) (*Session, error) {
	if id == "" {
		return nil, ErrEmptySessionID
	}
	known, err := driver.ParseID(id)
	if err != nil {
		return nil, ErrSessionIDNotFoundInStore
	}
	m, err := s.Manager()
	if err != nil {
		return nil, err
	}
	x := &session.Exchange{}
	kits, err := x.Visit(ctx, m, known)
	switch {
	case errors.Is(err, driver.ErrNotFound):
		return nil, ErrSessionIDNotFoundInStore
	case err != nil:
		return nil, err
	}
	return newSession(s, nil, x, kits, nil), nil
}

// Get returns the request's session, the same one each time. The error is
// ErrSessionAlreadyLoadedByMiddleware behind the middleware, and the kit's for one
// that cannot be had, while the store is out of reach: an outage makes no sessions.
func (s *Store) Get(c fiber.Ctx) (*Session, error) {
	if FromContext(c) != nil {
		return nil, ErrSessionAlreadyLoadedByMiddleware
	}
	return s.session(c)
}

func (s *Store) session(c fiber.Ctx) (*Session, error) {
	key := localsKey{s}
	if own, ok := c.Locals(key).(*Session); ok {
		return own, nil
	}
	m, err := s.Manager()
	if err != nil {
		return nil, err
	}
	x := &session.Exchange{}
	in, from := s.incoming(c, m.Config().Cookie.Name)
	if outer := x.Begin(c.Context(), m, in); outer != nil { // of a middleware
		x = outer
	}
	kits, err := x.Session(x)
	if err != nil {
		return nil, err
	}
	own := newSession(s, c, x, kits, from)
	c.Locals(key, own)
	if kits.Status().State == session.StateMigrated {
		own.set()
	}
	return own, nil
}

type localsKey struct{ store *Store }
