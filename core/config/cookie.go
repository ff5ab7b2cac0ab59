package config

import (
	"net/http"
	"strings"
)

// Browsers drop a cookie of more than 4096 bytes, and a path of more than
// 1024 (RFC 6265bis 5.6, 5.7). The token and the other attributes stay below
// cookieRest.
const (
	maxCookieBytes = 4096
	maxPathBytes   = 1024
	cookieRest     = 512
)

// HostPrefix is what the name of a cookie begins with that no other host can
// set. Browsers keep such a cookie only when it came over TLS (or from
// localhost, which Safari does not make an exception for), is Secure, and has
// the path "/" and no domain (RFC 6265bis 4.1.3.2). A cookie of another name
// can be planted by every host below the same registered domain.
const HostPrefix = "__Host-"

// TakesHostPrefix reports whether browsers would keep the cookie if its name
// began with [HostPrefix]. Only never being Secure, another path and a domain
// are against it.
func (c Cookie) TakesHostPrefix() bool {
	return (c.Path == "" || c.Path == "/") && c.Domain == "" && c.Secure != SecureNever
}

// cookie checks each attribute as net/http does, which leaves out what it
// does not like, and then the rules by which browsers refuse a cookie without
// a word.
func (p *problems) cookie() {
	c := p.cfg.Cookie
	oneOf(p, "session-cookie-secure", c.Secure, SecureAuto, SecureAlways, SecureNever)
	oneOf(p, "session-cookie-samesite", c.SameSite, SameSiteLax, SameSiteStrict, SameSiteNone)

	valid := func(c http.Cookie) bool { return c.Valid() == nil }
	p.add(valid(http.Cookie{Name: c.Name}), "session-cookie-name",
		"must be one or more ASCII letters, digits or any of !#$%%&'*+-.^_`|~")
	p.add(valid(http.Cookie{Name: "x", Domain: c.Domain}), "session-cookie-domain",
		"must be a host name such as example.com, without scheme, port or path")
	p.add(strings.HasPrefix(c.Path, "/") && valid(http.Cookie{Name: "x", Path: c.Path}), "session-cookie-path",
		"must begin with a slash and have no semicolon, control or non-ASCII character")
	p.add(len(c.Path) <= maxPathBytes, "session-cookie-path", "must have %d bytes or less", maxPathBytes)

	most := maxCookieBytes - cookieRest
	size := len(c.Name) + len(c.Domain) + len(c.Path)
	p.add(size <= most, "session-cookie-name",
		"must have, together with the cookie's domain and path, %d bytes or less, not %d: browsers drop a cookie of more than %d", most, size, maxCookieBytes)
	p.cookiePrefix()
	p.cookieSecure()
}

// cookiePrefix checks what the name promises. Browsers do not tell upper from
// lower case in it.
func (p *problems) cookiePrefix() {
	c, name := p.cfg.Cookie, strings.ToLower(p.cfg.Cookie.Name)
	if !strings.HasPrefix(name, "__host-") {
		return
	}
	p.add(c.Path == "/", "session-cookie-path", `must be "/" because the cookie's name begins with "__Host-"`)
	p.add(c.Domain == "", "session-cookie-domain", `must be empty because the cookie's name begins with "__Host-"`)
}

// cookieSecure checks what a cookie must be Secure for.
func (p *problems) cookieSecure() {
	c, name := p.cfg.Cookie, strings.ToLower(p.cfg.Cookie.Name)
	if c.Secure != SecureNever {
		return
	}
	reasons := []struct {
		holds bool
		text  string
	}{
		{strings.HasPrefix(name, "__host-"), `the cookie's name begins with "__Host-"`},
		{strings.HasPrefix(name, "__secure-"), `the cookie's name begins with "__Secure-"`},
		{c.SameSite == SameSiteNone, p.title("session-cookie-samesite") + ` is "none"`},
		{c.Partitioned, p.title("session-cookie-partitioned") + ` is "true"`},
	}
	for _, reason := range reasons {
		p.add(!reason.holds, "session-cookie-secure", "must be true or auto because %s", reason.text)
	}
}
