package session

import (
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/internal/cookie"
	"github.com/gosessionkit/sessionkit/core/internal/saver"
	"github.com/gosessionkit/sessionkit/core/internal/token"
)

// browserHasCookie reports whether the browser holds a cookie of this name,
// valid or not, as far as this request knows.
func (s *Session) browserHasCookie() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hasCookie()
}

func (s *Session) hasCookie() bool { return s.given || s.status.Cookies > 0 }

// nextCookie renders the cookie to be set, or the token where it goes into a
// header, or "" when the client has the right one or needs none. dead reports whether the one that it has is of no
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
	if s.exchange.source != 0 {
		return string(value[:n]), dead
	}
	return m.cookie.Set(s.exchange.in(), value[:n], persist, m.now(), s.base.Deadline), dead
}

// formerCookie is what the session's cookie was called before its name began
// with __Host-: a cookie called __Host-shop takes over from one called shop, so
// that the change logs nobody out. It counts only in a request that brings no
// cookie of the new name, and its session gets a cookie of the new name with
// the answer.
//
// Nobody has to say when the change was. Keys are derived for each name, and no
// worker signs for the former one any more: what verifies was set before the
// change, and its session ends as it would have. Each login and each renewal
// makes a new id, which the former name never gets.
type formerCookie struct {
	name string // "" for none
	keys token.Keyring
}

func newFormerCookie(cookieName string, secrets ...config.Secret) (formerCookie, error) {
	name, ok := strings.CutPrefix(cookieName, config.HostPrefix)
	if !ok || name == "" {
		return formerCookie{}, nil
	}
	keys, err := token.NewKeyring(name, secrets...)
	return formerCookie{name, keys}, err
}

// named returns the name of the cookies that count in the request, and the keys
// that verify them.
func (x *Exchange) named() (name string, keys token.Keyring) {
	m, lines := x.manager, x.lines()
	if x.source != 0 || m.former.name == "" || hasCookie(lines, m.cookie.Name) || !hasCookie(lines, m.former.name) {
		return m.cookie.Name, m.keys
	}
	return m.former.name, m.former.keys
}

func hasCookie(lines []string, name string) (found bool) {
	cookie.Values(lines, name, func(string) bool {
		found = true
		return false
	})
	return found
}

// removeFormer renders the cookie that makes the browser forget the one of the
// former name, or "" when it sent none. It is for when that one is worthless,
// since the session has another id or has ended: before that, a worker which
// was not restarted yet, or the release that one goes back to, knows the
// session by it.
func (m *Manager) removeFormer(lines []string, in cookie.Request) string {
	if m.former.name == "" || !hasCookie(lines, m.former.name) {
		return ""
	}
	return m.cookie.Remove(in, m.former.name)
}

// verify is that of the keys. What was signed for the former name counts in a
// header, too, and is replaced like what an earlier key has signed.
func (x *Exchange) verify(keys token.Keyring, text string) (tok token.Token, keyIndex int, flaw string) {
	tok, keyIndex, flaw = keys.Verify(text)
	if former := x.manager.former; flaw == token.BadSignature && x.source != 0 && former.name != "" {
		if older, _, flaw := former.keys.Verify(text); flaw == "" {
			return older, len(keys), ""
		}
	}
	return tok, keyIndex, flaw
}
