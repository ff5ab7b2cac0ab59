package session

import (
	"context"
	"errors"
	"slices"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/cookie"
	"github.com/gosessionkit/sessionkit/core/internal/saver"
	"github.com/gosessionkit/sessionkit/core/internal/token"
)

// maxLoads bounds how many sessions the cookies of one request have looked up in
// the store. Browsers send several cookies of the name when the app's Path or
// Domain was changed, and when another host of the domain sets some.
const maxLoads = 16

// load finds the session that the request's cookies name, or begins one. When
// they name several it begins one too, and where some were not looked at they
// may: see rivals.go.
func (x *Exchange) load(ctx context.Context) (s *Session, err error) {
	if err := checkHeader(x.cookieLines()); err != nil {
		return nil, x.manager.refused(err)
	}
	if x.proto != "" && !x.manager.cfg.TrustProxy {
		x.manager.monitor.UntrustedProto()
	}
	status := Status{State: StateNew, Reason: diagnose.ReasonNone}
	var ids [maxLoads]ID // that were looked up
	var rivals []ID
	loads, tooMany := 0, false
	var successor ID
	name, keys := x.manager.named(x.cookieLines())
	cookie.Values(x.cookieLines(), name, func(value string) bool {
		if status.Cookies++; status.Cookies > MaxCookies {
			tooMany = true
			return true
		}
		tok, keyIndex, flaw := keys.Verify(value)
		reason := diagnose.Reason(flaw)
		if flaw == "" {
			id := tok.Secret.ID()
			switch {
			case slices.Contains(ids[:loads], id):
				return true
			case loads == maxLoads:
				tooMany = true
				return true
			}
			ids[loads] = id
			loads++
			var r *driver.Record
			r, reason, err = x.manager.find(ctx, id, tok)
			if next, renewed := renewedTo(err); renewed {
				successor, err = next, nil
			}
			if err != nil {
				return false
			}
			switch {
			case r == nil:
			case s == nil:
				s = x.adopt(id, tok, keyIndex, r)
				return true
			default:
				rivals = append(rivals, id)
				return true
			}
		}
		status.reject(reason, tok)
		return true
	})
	if err != nil {
		return nil, err
	}
	former := name != x.manager.cookie.Name
	if status.Cookies > 1 {
		x.manager.monitor.DuplicateCookies()
	}
	if tooMany {
		x.manager.refused(errTooManyCookies)
	}
	switch {
	case s == nil:
	case rivals != nil || tooMany:
		rivals = append(rivals, s.id)
		s = nil
		status.reject(diagnose.ReasonAmbiguous, token.Token{})
	case successor != (ID{}) && successor != s.id:
		s = nil // the visitor's late request, beside somebody else's cookie
	}
	if status.Cookies > 0 {
		status.State = StateRejected
	}
	if s == nil {
		x.manager.monitor.Rejected(status.Reason, status.Key, status.Store)
		s = x.begin(status)
		s.former = former
		if rivals != nil {
			found := rivals // which is allocated here, and rivals not for every request
			s.rivals = &found
		}
		if status.Reason == diagnose.ReasonRenewed {
			s.successor, s.frozen = successor, ErrGone
		}
		return s, nil
	}
	s.status.Cookies = status.Cookies
	s.former, s.resend = former, s.resend || former
	return s, nil
}

// reject keeps the most telling reason.
func (s *Status) reject(reason diagnose.Reason, tok token.Token) {
	if reason.Rank() > s.Reason.Rank() {
		s.Reason, s.Key, s.Store = reason, tok.Key, tok.Store
	}
}

// find looks a verified token up. The record is nil, with the reason, when
// there is no such session; with diagnose.ReasonRenewed the error is the store's, which
// names the successor.
func (m *Manager) find(ctx context.Context, id ID, tok token.Token) (*driver.Record, diagnose.Reason, error) {
	r, err := m.guard.Load(ctx, id, tok.Owner)
	switch _, renewed := renewedTo(err); {
	case renewed:
		return nil, diagnose.ReasonRenewed, err
	case errors.Is(err, driver.ErrNotFound) && tok.Store != m.monitor.StoreID():
		return nil, diagnose.ReasonForeignStore, nil
	case errors.Is(err, driver.ErrNotFound):
		return nil, diagnose.ReasonNotFound, nil
	case err != nil:
		return nil, "", err
	case !r.Deadline.After(m.now()):
		return nil, diagnose.ReasonExpired, nil
	}
	return r, "", nil
}

// adopt takes over a stored session. A cookie that an earlier key signed, or
// that names another store or no owner, is replaced by one that says what is
// true now.
func (x *Exchange) adopt(id ID, tok token.Token, keyIndex int, r *driver.Record) *Session {
	s := newSession(x, Status{State: StateLoaded, Key: tok.Key, Store: tok.Store}, tok.Secret, id, r)
	s.given = true
	s.resend = keyIndex > 0 || tok.Store != x.manager.monitor.StoreID() || (tok.Owner == driver.OwnerTag{}) != (r.User == "")
	return s
}

// begin makes a new session. Its id is its own, whatever the cookie said
// (OWASP: no session fixation).
func (x *Exchange) begin(status Status) *Session {
	secret := token.NewSecretID()
	return newSession(x, status, secret, secret.ID(), x.manager.newRecord(""))
}

// browserHasCookie tells whether the browser holds a cookie of this name,
// valid or not, as far as this request knows.
func (s *Session) browserHasCookie() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hasCookie()
}

func (s *Session) hasCookie() bool { return s.given || s.status.Cookies > 0 }

// nextCookie renders the cookie to be set, or "" when the browser has the
// right one or needs none. dead reports whether the one that it has is of no
// use any more: this request destroyed the session, or gave it another id.
func (s *Session) nextCookie() (line string, dead bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end != nil || s.base.Revision == 0 || s.given && !s.resend {
		return "", s.end == ErrDestroyed && s.hasCookie()
	}
	m := s.manager
	persist := m.cookie.Persist
	if own, ok := s.base.Values.Get(saver.KeyPersist); ok {
		persist = own == "true"
	}
	dead = !s.given
	s.given, s.resend = true, false
	value, n := m.keys.Sign(token.Token{Secret: s.secret, Store: m.monitor.StoreID(), Owner: s.base.Owner().Tag()})
	return m.cookie.Set(s.exchange.in(), value[:n], persist, m.now(), s.base.Deadline), dead
}
