package config

import "errors"

const (
	minKeyBytes    = 32
	minRecordBytes = 1 << 10

	keyFix = "set it to the output of: openssl rand -base64 32"
)

// Validate tells all that is wrong with c once its defaults are filled in, as
// one error that wraps an error for each problem. Each names the flag, the
// environment variables, what is allowed and, unless it is a secret, the
// value. What is doubtful, not wrong, is for package check to find.
func (c Config) Validate() error { return c.WithDefaults().validate() }

// validate is Validate without the defaults: what was set to nothing is wrong
// where nothing is not allowed.
func (c Config) validate() error {
	p := &problems{cfg: &c}
	oneOf(p, "mode", c.Mode, Development, Production, Test)
	p.keys()
	p.store()
	p.times()
	p.cookie()
	p.add(c.Workers >= 1, "workers", "must be 1 or more")
	p.add(!c.DebugEndpoints || !c.DebugToken.IsZero() || c.Mode != Production, "debug-token",
		"is required in production when the debug endpoints are on: %s", keyFix)
	return errors.Join(p.errs...)
}

func (p *problems) keys() {
	c, production := p.cfg, p.cfg.Mode == Production
	switch {
	case production && c.SecretKey.IsZero():
		p.add(false, "secret-key", "is required in production: %s, the same on every worker", keyFix)
	case production:
		p.add(len(c.SecretKey.Reveal()) >= minKeyBytes, "secret-key", "is too short for production, which needs %d bytes or more: %s", minKeyBytes, keyFix)
	}
	for i, key := range c.SecretKeyFallbacks {
		p.add(!key.IsZero(), "secret-key-fallbacks", "has an empty key at position %d: leave it out", i+1)
		p.add(!production || key.IsZero() || len(key.Reveal()) >= minKeyBytes, "secret-key-fallbacks",
			"has a key, at position %d, that is too short for production, which needs %d bytes or more: leave it out; a comma parts two keys", i+1, minKeyBytes)
	}
}

func (p *problems) store() {
	c := p.cfg
	oneOf(p, "session-store", c.Store, StoreAuto, StoreRedis, StoreFile, StoreMemory)
	p.add(c.Store != StoreRedis || !c.RedisURL.IsZero(), "session-store", "needs %s", p.title("redis-url"))
	oneOf(p, "session-on-outage", c.OnOutage, OutageRefuse, OutageAnonymous)
	oneOf(p, "session-fallback", c.Fallback, "", StoreFile)
	p.add(c.Prefix != "", "session-prefix", "must not be empty: other keys may live in the same Redis")
	p.add(c.RedisWait >= 0, "session-redis-wait", "must be 0 or more")
	p.add(c.MaxRecordSize >= minRecordBytes, "session-max-size", "must be %d bytes or more", minRecordBytes)
}

func (p *problems) times() {
	c := p.cfg
	p.add(c.Lifetime > 0, "session-lifetime", "must be above 0")
	p.add(c.IdleTimeout >= 0, "session-idle-timeout", "must be above 0, or 0 for off")
	p.add(c.Lifetime <= 0 || c.IdleTimeout <= c.Lifetime, "session-idle-timeout",
		"must not be longer than %s, which is %q", p.title("session-lifetime"), c.Lifetime)
	p.add(c.Timeout > 0, "session-timeout", "must be above 0")
}
