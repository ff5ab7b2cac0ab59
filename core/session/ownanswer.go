package session

import (
	"context"
	"math"
	"net/http"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/saver"
	"github.com/gosessionkit/sessionkit/core/internal/token"
)

// What follows is for code that answers for the session itself, as adapters with
// the method set of another library do: it opens an [Exchange] and never calls
// its Commit. It may save as often as it likes, until the headers have left.

// Keep is what the end of a request does: it saves what was changed, and where
// nothing was it touches the session, once a tenth of its idle time has gone. It
// may be called several times. The errors are those of [Session.Commit]; that a
// touch fails is logged and no error. It is for adapters.
func (s *Session) Keep() error { return s.save() }

// Cookie returns the cookie that the browser is to have as things are now, with
// the configured attributes, which the caller may change. One with a MaxAge below
// 0 removes the browser's, which is of no use any more. It is nil for a session
// that is not stored, after ErrGone, and where the token goes into a header. Its Value is what leads to the session:
// it belongs into no log.
//
// Whoever sets it says so with [Session.CookieSent]. It is for adapters.
func (s *Session) Cookie() *http.Cookie {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.manager
	c := m.cookie.Cookie
	c.Secure = m.cookie.SecureFor(s.exchange.in())
	switch {
	case s.exchange.source != 0:
		return nil
	case s.end == ErrDestroyed && s.hasCookie() && s.secret != (token.SecretID{}):
		c.MaxAge, c.Expires = -1, time.Unix(1, 0).UTC()
		return &c
	case s.end != nil || s.base.Revision == 0 || s.secret == (token.SecretID{}):
		return nil
	}
	value, n := m.keys.Sign(token.Token{Secret: s.secret, Store: m.monitor.StoreID(), Owner: s.base.Owner().Tag()})
	c.Value = string(value[:n])
	persist := m.cookie.Persist
	if own, ok := s.base.Values.Get(saver.KeyPersist); ok {
		persist = own == "true"
	}
	if persist {
		left := s.base.Deadline.Sub(m.now())
		c.MaxAge = int(math.Ceil(left.Seconds()))
		c.Expires = m.now().Add(left).UTC()
	}
	return &c
}

// CookieSent notes that the answer has the session's present cookie, so that the
// middleware does not set it too. It is for adapters.
func (s *Session) CookieSent() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end == nil && s.base.Revision > 0 {
		s.given, s.resend = true, false
	}
}

// CookieDue reports whether the browser does not have the right cookie yet: the
// session is new, has another id, or the key or the end of the cookie has
// changed. It is for adapters.
func (s *Session) CookieDue() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.exchange.source != 0 {
		return false
	}
	if s.end != nil || s.base.Revision == 0 {
		return s.end == ErrDestroyed && s.hasCookie()
	}
	return !s.given || s.resend
}

// EndAfter moves the absolute end to d from now, and the cookie's with it: called
// whenever the session is used it makes an end that slides, which no absolute one
// stops. Where nothing else is to be saved and less than a hundredth of d is missing
// it changes nothing, so that reading rarely writes. The errors are those of
// [Session.SetLifetime], whose bound for nobody's sessions holds here too.
func (s *Session) EndAfter(d time.Duration) error {
	now := s.manager.now()
	missing := d - s.Deadline().Sub(now)
	if s.Revision() > 0 && !s.Modified() && missing >= 0 && missing < d/100 {
		return nil
	}
	return s.SetLifetime(now.Add(d).Sub(s.Created()))
}

// Load begins the exchange, which is zero until now, of the session whose cookie has the value, for code that
// has one and no request: a job, a websocket, an API's header. A value that leads
// to no session gives a new one, with the reason in its status. The errors are
// those of [From]. ctx is for the request as a whole.
func (x *Exchange) Load(ctx context.Context, m *Manager, value string) (*Session, error) {
	in := Incoming{}
	if value != "" {
		in.Cookies = []string{m.cookie.Name + "=" + value}
	}
	ctx = context.WithValue(ctx, ContextKey, (*Exchange)(nil)) // another request, if there is one
	x.Begin(ctx, m, in)
	return x.Session(x)
}

// Visit begins the exchange, which is zero until now, of the session with an ID, for code that works on others' sessions: a
// list, a migration. It can be read, changed, kept and ended, and it has no
// cookie. The errors are ErrNotFound and those of [From]. ctx is for as long as it
// is used.
func (x *Exchange) Visit(ctx context.Context, m *Manager, id ID) (*Session, error) {
	r, err := m.guard.Load(ctx, id, driver.OwnerTag{})
	if err != nil {
		return nil, err
	}
	if !r.Deadline.After(m.now()) {
		return nil, driver.ErrNotFound
	}
	x.Begin(context.WithValue(ctx, ContextKey, (*Exchange)(nil)), m, Incoming{})
	s := newSession(x, Status{State: StateLoaded}, token.SecretID{}, id, r)
	s.given = true
	x.session = s
	return s, nil
}
