package doctor

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// setCookie is a Set-Cookie header as browsers read it (RFC 6265bis 5.6), which
// net/http does not do: it corrects some of what they drop.
type setCookie struct {
	name, value string
	attributes  map[string]string // by name in small letters; the last of a name counts
}

func parseSetCookie(line string) (c setCookie, ok bool) {
	pair, rest, _ := strings.Cut(line, ";")
	c.name, c.value, ok = strings.Cut(pair, "=")
	c.name, c.value = strings.Trim(c.name, " \t"), strings.Trim(c.value, " \t")
	c.attributes = map[string]string{}
	for rest != "" {
		var attribute string
		attribute, rest, _ = strings.Cut(rest, ";")
		name, value, _ := strings.Cut(attribute, "=")
		if value = strings.Trim(value, " \t"); len(value) <= 1024 {
			c.attributes[strings.ToLower(strings.Trim(name, " \t"))] = value
		}
	}
	return c, ok && c.name != ""
}

func (c setCookie) has(attribute string) bool {
	_, ok := c.attributes[attribute]
	return ok
}

func (c setCookie) sameSite() string { return strings.ToLower(c.attributes["samesite"]) }

func (c setCookie) domain() string {
	return strings.ToLower(strings.TrimPrefix(c.attributes["domain"], "."))
}

// path is the one that the cookie is for; that of who sets it is of no use here,
// as the kit always names one.
func (c setCookie) path() string {
	if path := c.attributes["path"]; strings.HasPrefix(path, "/") {
		return path
	}
	return "/"
}

// removes reports whether the cookie takes one away.
func (c setCookie) removes() bool {
	age, err := strconv.Atoi(c.attributes["max-age"])
	return c.value == "" || err == nil && age <= 0
}

// drop is why a browser does not keep a cookie, or does not send it.
type drop struct {
	id     string
	reason string
	rule   string // of RFC 6265bis
}

// dropped says what a browser does with the cookie that it gets from the page,
// "" for keeping it and sending it back there.
func (c setCookie) dropped(page *url.URL) (d drop, found bool) {
	secure := page.Scheme == "https"
	host := strings.ToLower(page.Hostname())
	name := strings.ToLower(c.name)
	hostPrefix := strings.HasPrefix(name, "__host-")
	switch {
	case len(c.name)+len(c.value) > 4096:
		return drop{"cookie-too-large", fmt.Sprintf("the cookie has %d bytes, and browsers keep 4096", len(c.name)+len(c.value)), "5.7 step 4"}, true
	case c.sameSite() == "none" && !c.has("secure"):
		return drop{"cookie-samesite-none", "the cookie has SameSite=None and is not Secure", "5.7 step 19"}, true
	case c.has("partitioned") && !c.has("secure"):
		return drop{"cookie-partitioned", "the cookie is Partitioned and not Secure", "CHIPS"}, true
	case hostPrefix && (!c.has("secure") || c.has("domain") && c.domain() != "" || c.attributes["path"] != "/"):
		return drop{"cookie-prefix", "the cookie's name begins with __Host-, and it is not Secure, has a domain, or a path other than /", "5.7 step 21"}, true
	case strings.HasPrefix(name, "__secure-") && !c.has("secure"):
		return drop{"cookie-prefix", "the cookie's name begins with __Secure-, and it is not Secure", "5.7 step 20"}, true
	case c.has("secure") && !secure:
		return drop{"cookie-secure-http", "the cookie is Secure, and " + page.Scheme + "://" + page.Host + " is plain http", "5.7 step 13"}, true
	}
	if domain := c.domain(); domain != "" && domain != host {
		if suffix, _ := publicsuffix.PublicSuffix(domain); suffix == domain {
			return drop{"cookie-domain-wide", fmt.Sprintf("the cookie's domain is %s, under which strangers have sites of their own", domain), "5.7 step 9"}, true
		}
		if net.ParseIP(host) != nil || !strings.HasSuffix(host, "."+domain) {
			return drop{"cookie-domain", fmt.Sprintf("the cookie is for %s, and this is %s", domain, host), "5.7 step 10"}, true
		}
	}
	if path := page.EscapedPath(); !pathMatches(path, c.path()) {
		return drop{"cookie-path", fmt.Sprintf("the cookie is for %s and what is below, and this is %s", c.path(), orRoot(path)), "5.8.3"}, true
	}
	return drop{}, false
}

// pathMatches is that of RFC 6265bis 5.1.4.
func pathMatches(request, cookie string) bool {
	request = orRoot(request)
	return request == cookie || strings.HasPrefix(request, cookie) && (strings.HasSuffix(cookie, "/") || request[len(cookie):][0] == '/') ||
		request+"/" == cookie // a page below it, as apps are opened without the slash
}

func orRoot(path string) string {
	if path == "" {
		return "/"
	}
	return path
}
