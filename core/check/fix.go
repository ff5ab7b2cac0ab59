package check

import (
	"fmt"
	"slices"

	"github.com/gosessionkit/sessionkit/core/config"
)

// KeyFix says how to make every worker accept the others' cookies.
func KeyFix(f Facts) string {
	if !keyConfigured(f) {
		return newKeyFix(f)
	}
	return fmt.Sprintf("give every worker the same %s; after a change keep the old key in %s for one session lifetime (%v)",
		setting(f, "secret-key"), setting(f, "secret-key-fallbacks"), f.Config.Lifetime)
}

// ForeignKeyFix says what to do about cookies that another key signed. A
// worker with a memory of its own needs the other half too: with the same key
// alone its cookies would be refused for their store.
func ForeignKeyFix(f Facts) string {
	switch {
	case f.Store.Private && !slices.Contains(f.Config.TokenFrom, config.TokenCookie):
		return StoreFix(f) + "; and " + KeyFix(f)
	case f.Store.Private:
		return StoreFix(f) + "; and " + KeyFix(f) + "; if another app on this host set them, give this one a " + setting(f, "session-cookie-name") + " of its own"
	}
	return KeyFix(f)
}

// AnotherAppFix says what to do about cookies that neither our key nor our store
// knows. As a rule another app set them: it must not get this one's key.
func AnotherAppFix(f Facts) string {
	return fmt.Sprintf("if another app on this host set them, give this one a %s of its own: browsers do not tell the ports of a host apart; if a worker of this app did, %s, and %s",
		setting(f, "session-cookie-name"), KeyFix(f), StoreFix(f))
}

// apartFix says how to keep two apps apart that use one store.
func apartFix(f Facts) string {
	own := setting(f, "session-prefix")
	if f.Store.Kind == "file" {
		own = setting(f, "session-dir")
	}
	return fmt.Sprintf("give each app a %s of its own and, where one host name leads to both, a %s of its own; if they are one site and share its sessions, give both the same %s",
		own, setting(f, "session-cookie-name"), setting(f, "secret-key"))
}

// StoreFix says how to make all workers keep their sessions in one place, for
// the kind of store that this one has.
func StoreFix(f Facts) string {
	redis, dir := setting(f, "redis-url"), setting(f, "session-dir")
	switch {
	case f.Store.Private:
		return fmt.Sprintf("set %s to file for workers on one machine, or %s to a Redis for several", setting(f, "session-store"), redis)
	case f.Store.Kind == "file":
		return fmt.Sprintf("give every worker the same %s; for workers on several machines set %s", dir, redis)
	}
	return fmt.Sprintf("give every worker the same %s and %s", redis, setting(f, "session-prefix"))
}
