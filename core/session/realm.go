package session

import (
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
)

// realmOf is the realm of the sessions behind a cookie name: see [driver.Owner].
func realmOf(cookieName string) string {
	realm := strings.TrimPrefix(strings.TrimPrefix(cookieName, "__Host-"), "__Secure-")
	if realm == config.DefaultCookieName {
		return ""
	}
	return realm
}

func (m *Manager) owner(user string) driver.Owner {
	return driver.Owner{Realm: m.saver.Realm, User: user}
}
