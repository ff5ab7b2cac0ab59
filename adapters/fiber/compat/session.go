package session

import (
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"
	"github.com/valyala/fasthttp"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/untyped"
)

// Session is a visitor's, as one request sees it. What is set is kept when it is
// saved; Save may be called several times. It is not to be used after the request.
type Session struct {
	store    *Store
	ctx      *fiber.Ctx
	exchange *session.Exchange

	mu    sync.Mutex
	bag   *untyped.Bag
	fresh bool
	exp   time.Duration
}

func newSession(s *Store, c *fiber.Ctx, x *session.Exchange, kits *session.Session) *Session {
	return &Session{store: s, ctx: c, exchange: x, bag: untyped.NewBag(kits, s.Counters...), fresh: kits.Revision() == 0}
}

// Fresh reports whether the session began in this request, or got a new id in it.
func (s *Session) Fresh() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fresh
}

// ID names the session in the store and in [Store.Delete]. It is not what the
// cookie holds, and does not lead to the session.
func (s *Session) ID() string { return s.kits().ID().String() }

func (s *Session) kits() *session.Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bag.Session()
}

// Get returns the value under a key, nil for none and for one that cannot be read.
func (s *Session) Get(key string) any {
	v, _, _ := s.bag.Get(key)
	return v
}

// Set puts a value under a key. It is encoded when the session is saved: with
// encoding/gob, unless it is of a basic type.
func (s *Session) Set(key string, val any) {
	if text, ok := val.(string); ok { // Fiber overwrites its strings
		val = strings.Clone(text)
	}
	s.bag.Put(strings.Clone(key), val)
}

// Delete removes a key.
func (s *Session) Delete(key string) { s.bag.Delete(strings.Clone(key)) }

// Keys lists the keys, sorted.
func (s *Session) Keys() []string { return append([]string{}, s.bag.Names()...) }

// SetExpiry has the session last for another time than the Expiration of the
// others, from the next Save on.
func (s *Session) SetExpiry(exp time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exp = exp
}

// Destroy ends the session, on every worker, and has the browser forget it. A Save
// after it brings nothing back; what is set after it is a new session's.
func (s *Session) Destroy() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end()
}

func (s *Session) end() error {
	if err := s.bag.Session().Destroy(s.exchange); err != nil && err != session.ErrDestroyed {
		return err
	}
	next, err := s.exchange.Session(s.exchange)
	if err != nil {
		return err
	}
	s.bag.Drop(next)
	s.remove()
	return nil
}

// Regenerate gives the session a new id, which ends the old one; what is in it
// stays. Of two requests that do so at a time one gets the kit's ErrGone.
func (s *Session) Regenerate() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh = true
	if err := s.bag.Session().Renew(s.exchange); err != nil {
		return err
	}
	s.set()
	return nil
}

// Reset ends the session and begins a new one.
func (s *Session) Reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh, s.exp = true, 0
	return s.end()
}

// Save saves the session and sets its cookie. What others have changed meanwhile
// stays, key by key. The error is the kit's: ErrGone for a session that has ended
// meanwhile, ErrUnavailable while the store is out of reach. One that has never held
// anything is not saved and gets no cookie.
func (s *Session) Save() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	kits := s.bag.Session()
	renew := kits.Revision() > 0 && s.store.renews(s.bag.Changed())
	if err := s.bag.Flush(); err != nil {
		return err
	}
	exp := s.exp
	if exp <= 0 {
		exp = s.store.Expiration
	}
	err := kits.EndAfter(exp)
	switch {
	case err != nil:
	case renew:
		s.fresh = true
		err = kits.Renew(s.exchange)
	default:
		err = kits.Keep()
	}
	if err == nil {
		s.set()
	}
	return err
}

func (s *Store) renews(changed []string) bool {
	for _, key := range changed {
		for _, name := range s.RenewOn {
			if key == name {
				return true
			}
		}
	}
	return false
}

// set has the answer tell the browser the token, in the place of an earlier one.
func (s *Session) set() {
	kits := s.bag.Session()
	own := kits.Cookie()
	if own == nil {
		return
	}
	kits.CookieSent()
	if s.store.source == SourceHeader {
		s.ctx.Request().Header.Set(s.store.name, own.Value)
		s.ctx.Response().Header.Set(s.store.name, own.Value)
		return
	}
	cookie := s.cookie(own.Value)
	defer fasthttp.ReleaseCookie(cookie)
	if !s.store.CookieSessionOnly {
		left := time.Until(kits.Deadline())
		cookie.SetMaxAge(int((left + time.Second - 1) / time.Second))
		cookie.SetExpire(time.Now().Add(left))
	}
	s.ctx.Response().Header.SetCookie(cookie)
	s.private()
}

// remove has the browser forget its token.
func (s *Session) remove() {
	if s.store.source == SourceHeader {
		s.ctx.Request().Header.Del(s.store.name)
		s.ctx.Response().Header.Del(s.store.name)
		return
	}
	s.ctx.Request().Header.DelCookie(s.store.name)
	cookie := s.cookie("")
	defer fasthttp.ReleaseCookie(cookie)
	cookie.SetMaxAge(-1)
	cookie.SetExpire(time.Now().Add(-time.Minute))
	s.ctx.Response().Header.SetCookie(cookie)
	s.private()
}

// private keeps shared caches from keeping the answer with its cookie.
func (s *Session) private() {
	s.ctx.Vary(fiber.HeaderCookie)
	if len(s.ctx.Response().Header.Peek(fiber.HeaderCacheControl)) == 0 {
		s.ctx.Set(fiber.HeaderCacheControl, `no-cache="Set-Cookie"`)
	}
}

func (s *Session) cookie(value string) *fasthttp.Cookie {
	cfg := &s.store.Config
	cookie := fasthttp.AcquireCookie()
	cookie.SetKey(cfg.name)
	cookie.SetValue(value)
	cookie.SetPath(cfg.CookiePath)
	cookie.SetDomain(cfg.CookieDomain)
	cookie.SetSecure(cfg.CookieSecure)
	cookie.SetHTTPOnly(cfg.CookieHTTPOnly)
	switch utils.ToLower(cfg.CookieSameSite) {
	case "strict":
		cookie.SetSameSite(fasthttp.CookieSameSiteStrictMode)
	case "none":
		cookie.SetSameSite(fasthttp.CookieSameSiteNoneMode)
	default:
		cookie.SetSameSite(fasthttp.CookieSameSiteLaxMode)
	}
	return cookie
}
