package session

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/guard"
	"github.com/gosessionkit/sessionkit/core/internal/token"
)

// maxLoads bounds how many sessions the cookies of one request have looked up in
// the store. Browsers send several cookies of the name when the app's Path or
// Domain was changed, and when another host of the domain sets some.
const maxLoads = 16

// load finds the session that the request's tokens name, or begins one. When
// they name several it begins one too, and where some were not looked at they
// may: see endRivals.
func (x *Exchange) load(ctx context.Context) (s *Session, err error) {
	if err := x.checkHeader(); err != nil {
		return nil, x.manager.refused(err)
	}
	if x.proto != "" && !x.manager.cfg.TrustProxy {
		x.manager.monitor.UntrustedProto()
	}
	status := Status{State: StateNew, Reason: diagnose.ReasonNone, From: x.from()}
	var ids [maxLoads]ID // that were looked up
	var rivals []ID
	loads, tooMany := 0, false
	var successor ID
	name, keys := x.named()
	x.tokens(name, func(value string) bool {
		if status.Cookies++; status.Cookies > MaxCookies {
			tooMany = true
			return true
		}
		tok, keyIndex, flaw := x.verify(keys, value)
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
	if status.Cookies > 1 && x.source == 0 {
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
	if s == nil && x.manager.previous != nil && x.source == 0 {
		if s, status, err = x.inherit(ctx, status); s != nil || err != nil {
			return s, err
		}
	}
	if s == nil {
		x.manager.monitor.Rejected(status.From, status.Reason, status.Key, status.Store)
		s = x.begin(status)
		s.former = former
		if rivals != nil {
			found := rivals // which is allocated here, and rivals not for every request
			s.rivals = &found
		}
		if status.Reason == diagnose.ReasonRenewed {
			s.successor, s.readOnly = successor, ErrGone
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
	case endedBy(err, diagnose.ReasonSessionLimit):
		return nil, diagnose.ReasonSessionLimit, nil
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

// endedBy reports whether err says that the session was ended for that reason.
func endedBy(err error, why diagnose.Reason) bool {
	ended, ok := errors.AsType[*guard.EndedError](err)
	return ok && ended.Reason == string(why)
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

// Rivals are the live sessions of a request whose cookies lead to more than
// one. Whoever may set cookies for a parent domain can put one of a session of
// his own before the visitor's, and the request does not say which cookie came
// from where; so none of them counts, and the handler gets a new session.
//
// That one takes over the browser: once it is stored, and when the visitor logs
// out, the rivals end. They would make the next request ambiguous too, so that
// a login did not hold, and stay behind in the store, since the cookie of the
// new session replaces the visitor's own. It gives nobody anything: a cookie
// that says so may end its session anyway.

// supersede ends the rivals of a session that has been stored. What cannot be
// ended makes the next request ambiguous again, which is as safe as before.
func (s *Session) supersede(ctx context.Context) {
	if err := s.endRivals(ctx); err != nil {
		s.manager.log.LogAttrs(sessionless(ctx), slog.LevelWarn, "session: the sessions of a request with ambiguous cookies were not ended", slog.Any("error", err))
	}
}

// endRivals is called while saving is locked.
func (s *Session) endRivals(ctx context.Context) error {
	for s.rivals != nil && len(*s.rivals) > 0 {
		if err := s.manager.Destroy(ctx, (*s.rivals)[0]); err != nil {
			return err
		}
		*s.rivals = (*s.rivals)[1:]
	}
	return nil
}
