package diagnose

import (
	"cmp"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

// logStartup says in a line each which key, cookie and store are used, and
// how many workers there are.
func (m *Monitor) logStartup(facts check.Facts) {
	if m.cfg.Mode == config.Test {
		return
	}
	m.log.Info("session: key", "source", m.keySource(), "fingerprint", m.keys[0].String(), "fallbacks", len(m.keys)-1)
	c := m.cfg.Cookie
	m.log.Info("session: cookie", "name", c.Name, "domain", c.Domain, "path", c.Path, "secure", string(c.Secure), "samesite", string(c.SameSite),
		"persist", !c.UntilClosed, "lifetime", m.cfg.Lifetime, "anonymous_lifetime", cmp.Or(m.cfg.AnonymousLifetime, m.cfg.Lifetime), "idle_timeout", m.cfg.IdleTimeout)
	if from := m.cfg.Setting("session-token"); from.Source != "default" {
		m.log.Info("session: token", "from", from.Value)
	}
	store := Describe(m.store)
	m.log.Info("session: store", "kind", store.Kind, "address", store.Address, "because", m.storeChoice(store.Kind),
		"id", m.StoreID().String(), "shared", !store.Private)
	m.log.Info("session: workers", "self", m.self.ID, "seen", len(facts.Workers), "configured", m.cfg.Workers, "prefork", m.self.Prefork)
}

// keySource is where the secret key came from: "flag", "env", "file", "code",
// "default" for one that the app fills in, or "random" when there is none.
func (m *Monitor) keySource() string {
	if m.cfg.SecretKey.IsZero() {
		return "random"
	}
	return m.cfg.Setting("secret-key").Source
}

// storeChoice is why the store is of its kind, as far as the settings tell: where
// they ask for another one the app has opened it itself.
func (m *Monitor) storeChoice(kind string) string {
	switch choice, why := m.cfg.StoreChoice(); {
	case kind == string(choice):
		return why
	case choice == config.StoreRedis && kind == string(m.cfg.Fallback):
		return "Redis could not be reached"
	}
	return "the app opened it"
}
