package config

import (
	"cmp"
	"testing"
	"time"
)

// WithDefaults returns a copy of c in which every field that is zero and has
// another default holds that default. It does not look at the environment or
// the file system, and of one field alone at others: the cookie's name depends
// on the mode and on the cookie's path, domain and Secure. A name that
// WithDefaults chose is chosen anew when those were changed since.
func (c Config) WithDefaults() Config {
	c.Mode = cmp.Or(c.Mode, defaultMode())
	c.Store = cmp.Or(c.Store, StoreAuto)
	c.Prefix = cmp.Or(c.Prefix, "session:")
	c.Lifetime = cmp.Or(c.Lifetime, 24*time.Hour)
	c.MemoryLimit = cmp.Or(c.MemoryLimit, 256<<20)
	c.Timeout = cmp.Or(c.Timeout, 2*time.Second)
	c.MaxRecordSize = cmp.Or(c.MaxRecordSize, 1<<20)
	c.OnOutage = cmp.Or(c.OnOutage, OutageRefuse)
	c.Workers = cmp.Or(c.Workers, 1)
	if len(c.TokenFrom) == 0 {
		c.TokenFrom = []TokenSource{TokenCookie}
	}
	c.Cookie.Path = cmp.Or(c.Cookie.Path, "/")
	c.Cookie.Secure = cmp.Or(c.Cookie.Secure, SecureAuto)
	c.Cookie.SameSite = cmp.Or(c.Cookie.SameSite, SameSiteLax)
	if c.Cookie.Name == "" || c.Cookie.Name == c.chosenName {
		c.chooseName()
	}
	return c
}

func (c *Config) chooseName() {
	c.chosenName = c.cookieName()
	c.Cookie.Name = c.chosenName
}

// cookieName is the name of the cookie where nobody has chosen one.
func (c Config) cookieName() string {
	if c.Mode == Production && c.Cookie.TakesHostPrefix() {
		return HostPrefix + DefaultCookieName
	}
	return DefaultCookieName
}

// defaultMode is Test in a test binary. The linker tells testing.Testing so;
// looking for the flag test.v instead would take a server for a test, and its
// sessions into memory, when some dependency calls testing.Init, and would
// miss tests that replace flag.CommandLine. Importing testing registers no
// flag and adds some 40 kB to a server.
func defaultMode() Mode {
	if testing.Testing() {
		return Test
	}
	return Development
}
