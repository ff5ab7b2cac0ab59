package session

import (
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/internal/cookie"
	"github.com/gosessionkit/sessionkit/core/internal/token"
)

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

// named returns the name of the cookies that count in a request, and the keys
// that verify them.
func (m *Manager) named(lines []string) (name string, keys token.Keyring) {
	if m.former.name == "" || hasCookie(lines, m.cookie.Name) || !hasCookie(lines, m.former.name) {
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
