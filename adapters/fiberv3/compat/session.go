package session

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/extractors"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/untyped"
)

// Session is a visitor's, as one request sees it. What is set is kept when it is
// saved; Save may be called several times, and the middleware saves by itself. It
// is safe for concurrent use, and not to be used after the request.
type Session struct {
	store    *Store
	ctx      fiber.Ctx // nil for one of GetByID, which has no browser
	exchange *session.Exchange
	places   []extractors.Extractor // where the token goes to

	mu      sync.Mutex
	bag     *untyped.Bag
	fresh   bool
	idle    time.Duration // chosen and not saved yet; 0 for none
	expires time.Time     // as the browser knows it
	refused error         // a key that cannot be saved
}

func newSession(s *Store, c fiber.Ctx, x *session.Exchange, kits *session.Session, places []extractors.Extractor) *Session {
	return &Session{store: s, ctx: c, exchange: x, places: places, bag: untyped.NewBag(kits, s.Counters...),
		fresh: kits.Revision() == 0, expires: kits.Expires()}
}

// Release does nothing: there is nothing to give back.
func (s *Session) Release() {}

// Fresh reports whether the session began in this request, or got a new id in it.
func (s *Session) Fresh() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fresh
}

// ID names the session in the store, in [Store.GetByID] and [Store.Delete]. It is
// not what the cookie holds, and does not lead a browser to the session.
func (s *Session) ID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bag.Session().ID().String()
}

// Get returns the value under a key, nil for none and for one that cannot be read.
func (s *Session) Get(key any) any {
	name, err := nameOf(key)
	if err != nil {
		return nil
	}
	v, _, _ := s.bag.Get(name)
	return v
}

// Set puts a value under a key, which is a string or of another basic type. Both
// are encoded with encoding/gob, unless they are basic: the app registers their
// types ([Store.RegisterType]). What cannot be encoded is an error of Save.
func (s *Session) Set(key, val any) {
	if text, ok := val.(string); ok { // Fiber overwrites its strings
		val = strings.Clone(text)
	}
	name, err := nameOf(key)
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.refused = err
		return
	}
	s.bag.Put(name, val)
}

// Delete removes a key.
func (s *Session) Delete(key any) {
	if name, err := nameOf(key); err == nil {
		s.bag.Delete(name)
	}
}

// Keys lists the keys, in the order of their names.
func (s *Session) Keys() []any {
	keys := []any{}
	for _, name := range s.bag.Names() {
		keys = append(keys, keyOf(name))
	}
	return keys
}

// SetIdleTimeout has the session last for another time than the IdleTimeout of the
// others, from the next Save on, and never beyond the AbsoluteTimeout. It stays with
// the session. Times of 0 and below change nothing.
func (s *Session) SetIdleTimeout(idleTimeout time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = idleTimeout
}

// Destroy ends the session, on every worker, and has the browser forget it. A Save
// after it brings nothing back; what is set after it is a new session's, which the
// middleware saves unless [Middleware.Destroy] was called.
func (s *Session) Destroy() error { return s.DestroyWithContext(s.exchange) }

// DestroyWithContext is Destroy with another context than the request's.
func (s *Session) DestroyWithContext(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end(s.context(ctx))
}

func (s *Session) context(ctx context.Context) context.Context {
	if ctx == nil {
		return s.exchange
	}
	return ctx
}

func (s *Session) end(ctx context.Context) error {
	if err := s.bag.Session().Destroy(ctx); err != nil && err != session.ErrDestroyed {
		return err
	}
	next, err := s.exchange.Session(s.exchange)
	if err != nil {
		return err
	}
	s.bag.Drop(next)
	s.idle, s.refused = 0, nil
	s.remove()
	return nil
}

// Regenerate gives the session a new id, which ends the old one; what is in it
// stays. Of two requests that do so at a time one gets the kit's ErrGone.
func (s *Session) Regenerate() error { return s.RegenerateWithContext(s.exchange) }

// RegenerateWithContext is Regenerate with another context than the request's.
func (s *Session) RegenerateWithContext(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.bag.Session().Renew(s.context(ctx)); err != nil {
		return err
	}
	s.fresh = true
	s.set()
	return nil
}

// Reset ends the session and begins a new one.
func (s *Session) Reset() error { return s.ResetWithContext(s.exchange) }

// ResetWithContext is Reset with another context than the request's.
func (s *Session) ResetWithContext(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.end(s.context(ctx)); err != nil {
		return err
	}
	s.fresh = true
	return nil
}

// Save saves the session and sets its cookie; where the middleware will do so it
// does nothing. What others have changed meanwhile stays, key by key. The error is
// the kit's: ErrGone for a session that has ended meanwhile, ErrUnavailable while
// the store is out of reach. One that has never held anything is not saved and gets
// no cookie.
func (s *Session) Save() error { return s.SaveWithContext(s.exchange) }

// SaveWithContext is Save with another context than the request's.
func (s *Session) SaveWithContext(ctx context.Context) error {
	if s.ctx != nil {
		if m := FromContext(s.ctx); m != nil && m.Session == s {
			return nil
		}
	}
	return s.save(s.context(ctx))
}

func (s *Session) save(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused != nil {
		return s.refused
	}
	kits := s.bag.Session()
	renew := kits.Revision() > 0 && slices.ContainsFunc(s.bag.Changed(), func(name string) bool { return slices.Contains(s.store.RenewOn, name) })
	err := s.bag.Flush()
	if err == nil && s.idle > 0 {
		err = kits.SetIdleTimeout(s.idle)
	}
	switch {
	case err != nil:
	case renew:
		s.fresh = true
		err = kits.Renew(ctx)
	default:
		if err = kits.Commit(ctx); err == nil {
			err = kits.Keep()
		}
	}
	if err == nil {
		s.idle = 0
		s.set()
	}
	return err
}
