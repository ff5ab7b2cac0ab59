package config

import "strings"

// Realm names the sessions behind the cookie in a store that several apps, or
// several managers of one, may share: the cookie's name without a prefix such as
// "__Host-", and "" for the default name. A record has it as its Realm.
func (c Cookie) Realm() string {
	realm := strings.TrimPrefix(strings.TrimPrefix(c.Name, HostPrefix), "__Secure-")
	if realm == DefaultCookieName {
		return ""
	}
	return realm
}
