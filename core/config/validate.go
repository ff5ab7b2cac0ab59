package config

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"
)

const (
	minKeyBytes    = 32
	minTokenBytes  = 16
	minRecordBytes = 1 << 10
	maxTimeout     = time.Minute

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
	p.tokenSources()
	p.add(c.Workers >= 1, "workers", "must be 1 or more")
	p.token()
	return errors.Join(p.errs...)
}

func (p *problems) keys() {
	c, production := p.cfg, p.cfg.Mode == Production
	switch {
	case production && c.SecretKey.IsZero():
		p.add(false, "secret-key", "is required in production: %s, the same on every worker", keyFix)
	case production:
		key := c.SecretKey.Reveal()
		p.add(len(key) >= minKeyBytes, "secret-key", "is too short for production, which needs %d bytes or more: %s", minKeyBytes, keyFix)
		p.add(len(key) < minKeyBytes || !isOneByte(key), "secret-key", "is one byte over and over, which is guessed at once: %s", keyFix)
	}
	for i, key := range c.SecretKeyFallbacks {
		p.add(!key.IsZero(), "secret-key-fallbacks", "has an empty key at position %d: leave it out", i+1)
		p.add(!production || key.IsZero() || len(key.Reveal()) >= minKeyBytes, "secret-key-fallbacks",
			"has a key, at position %d, that is too short for production, which needs %d bytes or more: leave it out; a comma parts two keys", i+1, minKeyBytes)
		p.add(!production || len(key.Reveal()) < minKeyBytes || !isOneByte(key.Reveal()), "secret-key-fallbacks",
			"has a key, at position %d, that is one byte over and over, which is guessed at once: leave it out", i+1)
	}
}

// token looks at the debug token where it is all that keeps strangers out.
func (p *problems) token() {
	if c := p.cfg; c.DebugEndpoints && c.Mode == Production {
		token := strings.TrimSpace(c.DebugToken.Reveal())
		p.add(token != "", "debug-token", "is required in production when the debug endpoints are on: %s", keyFix)
		p.add(token == "" || len(token) >= minTokenBytes, "debug-token", "is too short for production, which needs %d bytes or more: %s", minTokenBytes, keyFix)
		p.add(len(token) < minTokenBytes || !isOneByte(token), "debug-token", "is one byte over and over, which is guessed at once: %s", keyFix)
	}
}

// isOneByte reports whether a key is one byte over and over: as it stands, or
// what it encodes, so that 32 zero bytes in hex or base64 count.
func isOneByte(key string) bool {
	key = strings.TrimSpace(key)
	forms := [][]byte{[]byte(key)}
	if raw, err := hex.DecodeString(key); err == nil {
		forms = append(forms, raw)
	}
	text := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(key, "="))
	if raw, err := base64.RawStdEncoding.DecodeString(text); err == nil {
		forms = append(forms, raw)
	}
	return slices.ContainsFunc(forms, func(form []byte) bool {
		return len(form) > 0 && bytes.Count(form, form[:1]) == len(form)
	})
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
	p.add(c.MaxPerUser >= 0, "session-max-per-user", "must be 1 or more, or 0 for any number")
	p.add(c.MemoryLimit >= c.MaxRecordSize, "session-memory-limit",
		"must not be less than %s, which is %d bytes", p.title("session-max-size"), c.MaxRecordSize)
}

func (p *problems) times() {
	c := p.cfg
	p.add(c.Lifetime > 0, "session-lifetime", "must be above 0")
	p.add(c.AnonymousLifetime >= 0, "session-anonymous-lifetime", "must be above 0, or 0 for that of %s", p.title("session-lifetime"))
	p.add(c.Lifetime <= 0 || c.AnonymousLifetime <= c.Lifetime, "session-anonymous-lifetime",
		"must not be longer than %s, which is %q", p.title("session-lifetime"), c.Lifetime)
	p.add(c.IdleTimeout >= 0, "session-idle-timeout", "must be above 0, or 0 for off")
	p.add(c.Lifetime <= 0 || c.IdleTimeout <= c.Lifetime, "session-idle-timeout",
		"must not be longer than %s, which is %q", p.title("session-lifetime"), c.Lifetime)
	p.add(c.Timeout > 0, "session-timeout", "must be above 0")
	p.add(c.Timeout <= maxTimeout, "session-timeout",
		"must not be longer than %v, for it is how long a request waits for the store; how long sessions last without use is %s", maxTimeout, p.title("session-idle-timeout"))
}
