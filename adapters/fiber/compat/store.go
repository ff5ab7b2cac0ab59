package session

import (
	"context"
	"encoding/gob"
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/untyped"
	"github.com/gosessionkit/sessionkit/stores"
)

// ErrEmptySessionID is the error of a Delete without an id.
var ErrEmptySessionID = errors.New("session id cannot be empty")

// Store gives requests their sessions. It is safe for concurrent use.
type Store struct {
	Config

	manager *stores.Lazy
	debug   lazyHandler
}

// New returns a store and opens nothing. It panics for a KeyLookup that makes no
// sense.
func New(config ...Config) *Store {
	s := &Store{Config: withDefaults(config)}
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
	cfg.Lifetime = s.Expiration
	cfg.IdleTimeout = min(cfg.IdleTimeout, s.Expiration)
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
		p := Predecessor(s.Storage, s.name, s.Expiration)
		p.Until = s.StorageUntil
		options = append(options, session.WithPredecessor(p))
	}
	m, err := stores.WithoutSecretKey(context.Background(), cfg, stores.OnClientOf(s.Storage, cfg), options...)
	if err != nil {
		return nil, err
	}
	m.Diagnostics().SetFramework("fiber")
	return m, nil
}

// RegisterType makes a type of the app's known to encoding/gob.
func (*Store) RegisterType(i any) { gob.Register(i) }

// Reset ends all sessions of the store: those that came to it, and not those that
// wait in the Storage from before.
func (s *Store) Reset() error {
	m, err := s.Manager()
	if err == nil {
		_, err = m.DestroyAll(context.Background())
	}
	return err
}

// Delete ends the session with the ID, on every worker. One that is not there is no
// error.
func (s *Store) Delete(id string) error {
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
	return m.Destroy(context.Background(), known)
}

// Get returns the request's session, the same one each time. The error is for one
// that cannot be had, while the store is out of reach: an outage makes no sessions.
func (s *Store) Get(c *fiber.Ctx) (*Session, error) {
	key := localsKey{s}
	if own, ok := c.Locals(key).(*Session); ok {
		return own, nil
	}
	m, err := s.Manager()
	if err != nil {
		return nil, err
	}
	x := &session.Exchange{}
	if outer := x.Begin(c.UserContext(), m, s.incoming(c, m.Config().Cookie.Name)); outer != nil { // of a middleware
		x = outer
	}
	kits, err := x.Session(x)
	if err != nil {
		return nil, err
	}
	own := newSession(s, c, x, kits)
	c.Locals(key, own)
	if kits.Status().State == session.StateMigrated {
		own.set()
	}
	return own, nil
}

type localsKey struct{ store *Store }

// incoming copies what it reads: fasthttp uses the memory again.
func (s *Store) incoming(c *fiber.Ctx, name string) session.Incoming {
	h := &c.Request().Header
	in := session.Incoming{
		TLS:            c.Context().IsTLS(),
		ForwardedProto: string(h.Peek(fiber.HeaderXForwardedProto)),
	}
	in.Fetched(c.Method(), "", string(h.Peek("Sec-Purpose")), string(h.Peek("Purpose")), string(h.Peek("X-Moz")))
	for _, line := range h.PeekAll(fiber.HeaderCookie) {
		in.Cookies = append(in.Cookies, string(line))
	}
	if value := string(h.Peek(s.name)); s.source == SourceHeader && value != "" && c.Cookies(s.name) == "" {
		in.Cookies = append(in.Cookies, name+"="+value)
	}
	return in
}
