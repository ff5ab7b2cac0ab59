package doctor

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/report"
)

// cookieNamesDiffer: workers call the cookie differently.
func cookieNamesDiffer(e *evidence) *cause {
	text, different := e.differ(func(w *seen) string { return w.setting("session-cookie-name") })
	if !different {
		return nil
	}
	c := &cause{Problem: report.Problem{ID: "cookie-name-differs", Message: "workers call the session cookie differently: " + text,
		Fix: "give every worker the same " + e.title("session-cookie-name")},
		covers: []string{"workers-config", "cookie-lost", "foreign-key", "bad-signature", "cookie-duplicates", "none"}}
	if modes, different := e.differ(func(w *seen) string { return w.info().Mode }); different {
		c.Fix = fmt.Sprintf("give every worker the same %s, from which the name comes, and the same %s", e.title("mode"), e.title("session-cookie-name"))
		c.Seen = append(c.Seen, "--mode is "+modes)
	}
	return c
}

// protoUntrusted: a proxy says whether the browser speaks https, and the app does
// not believe it.
func protoUntrusted(e *evidence) *cause {
	f, _ := e.finding("proxy-not-trusted")
	if f.ID == "" || f.Severity == check.Info && e.dropped == nil {
		return nil
	}
	c := e.found("proxy-not-trusted", "cookie-secure-http")
	c.Message = "a proxy in front sends X-Forwarded-Proto and the app does not trust it, so it takes https for plain http: " + f.Message
	if e.dropped == nil && e.workers[0].info().Mode != "production" {
		c.severity = check.Warning
	}
	return c
}

// protoMissing: browsers speak https, and nothing tells the app.
func protoMissing(e *evidence) *cause {
	f, _ := e.finding("cookie-secure-http")
	trusts := !slices.ContainsFunc(e.workers, func(w *seen) bool { return w.setting("session-trust-proxy") != "true" })
	https := e.page.Scheme == "https"
	if f.ID == "" || !https && !trusts {
		return nil
	}
	c := &cause{Problem: report.Problem{ID: "proxy-proto-missing",
		Message: "the proxy in front does not send X-Forwarded-Proto, so the app takes every visitor's https for plain http: " + f.Message,
		Fix:     "have the proxy send it: for nginx proxy_set_header X-Forwarded-Proto $scheme;"}, covers: []string{"cookie-secure-http"}}
	if !trusts {
		c.Fix += " and set " + e.title("session-trust-proxy") + " to true"
	}
	return c
}

// browserDrops: a browser does not keep the cookie, or does not send it back.
func browserDrops(e *evidence) *cause {
	d := e.dropped
	if d == nil || e.session.skip("cookie") {
		return nil
	}
	c := &cause{Problem: report.Problem{ID: d.id, Message: d.reason + ": browsers drop it, so nobody stays logged in", Seen: []string{"RFC 6265bis " + d.rule}},
		covers: []string{"cookie-secure-http", "cookie-samesite-none", "cookie-domain", "cookie-domain-wide", "cookie-prefix", "cookie-not-secure", "cookie-lost"}}
	id := d.id
	if id == "cookie-secure-http" && e.cookie.sameSite() == "none" { // which is why the kit makes it Secure
		id, c.ID = "cookie-samesite-none", "cookie-samesite-none"
		c.Message = fmt.Sprintf("the cookie has SameSite=None, which browsers take from https alone, and %s is plain http: browsers drop it, so nobody stays logged in", e.page)
	}
	switch id {
	case "cookie-secure-http":
		c.Docs = "docs/checks.md#cookie-secure-http"
		c.Fix = fmt.Sprintf("open the site over https; for a trial over http run it with %s development and %s auto", e.title("mode"), e.title("session-cookie-secure"))
		switch w := e.workers[0]; {
		case w.info().Mode == "production":
		case w.setting("session-cookie-secure") == "auto" && w.setting("session-trust-proxy") != "true" && !strings.HasPrefix(e.cookie.name, "__"):
			c.Fix = "the app does not make it Secure over http, so something in front of it does: have it pass Set-Cookie on as it is (for nginx look for proxy_cookie_flags), or open the site over https"
			return c
		case strings.HasPrefix(e.cookie.name, "__"): // which makes it Secure
			c.Fix = fmt.Sprintf("open the site over https; for a trial over http set %s to a name without __Host- and __Secure-", e.title("session-cookie-name"))
		}
		if e.workers[0].setting("session-trust-proxy") != "true" {
			c.Fix += "; behind a proxy that speaks https have it send X-Forwarded-Proto, and set " + e.title("session-trust-proxy") + " to true"
		}
		if host := e.page.Hostname(); host == "localhost" || net.ParseIP(host).IsLoopback() {
			c.Message = d.reason + ": browsers drop it, so nobody stays logged in (but for Chrome and Firefox on localhost)"
		}
	case "cookie-samesite-none":
		c.Fix = fmt.Sprintf("open the site over https, or set %s to lax", e.title("session-cookie-samesite"))
		if e.workers[0].setting("session-cookie-secure") == "false" {
			c.Fix = fmt.Sprintf("set %s to auto and open the site over https, or set %s to lax", e.title("session-cookie-secure"), e.title("session-cookie-samesite"))
		}
	case "cookie-domain", "cookie-domain-wide":
		c.Fix = fmt.Sprintf(`set %s to "", or open the site under %s`, e.title("session-cookie-domain"), e.cookie.domain())
		if e.workers[0].setting("session-cookie-domain") == "" {
			c.Fix = "the app sets no domain, so something in front of it does: have it pass Set-Cookie on as it is (for nginx look for proxy_cookie_domain), or open the site under " + e.cookie.domain()
		}
	case "cookie-path":
		c.Message = d.reason + ": browsers do not send it here"
		c.Fix = fmt.Sprintf("set %s to /; if the app is below %s give that address", e.title("session-cookie-path"), e.cookie.path())
		if e.workers[0].setting("session-cookie-path") == "/" {
			c.Fix = "the app sets the path /, so something in front of it changes it: have it pass Set-Cookie on as it is (for nginx look for proxy_cookie_path)"
		}
	case "cookie-prefix":
		c.Fix = fmt.Sprintf("set %s to auto, %s to / and %s to \"\", or choose another %s", e.title("session-cookie-secure"), e.title("session-cookie-path"), e.title("session-cookie-domain"), e.title("session-cookie-name"))
	case "cookie-partitioned":
		c.Fix = fmt.Sprintf("open the site over https, or set %s to false", e.title("session-cookie-partitioned"))
	default:
		c.Fix = "see what changes the cookie on its way"
	}
	return c
}

// secureOverHTTP: visitors came over plain http and got a cookie that browsers
// drop, whatever the doctor itself came over.
func secureOverHTTP(e *evidence) *cause {
	f, _ := e.finding("cookie-secure-http")
	if f.ID == "" || f.Severity == check.Info {
		return nil
	}
	return e.found("cookie-secure-http")
}

func ambiguous(e *evidence) *cause { return e.several("cookie-ambiguous", "cookie-duplicates") }

func duplicates(e *evidence) *cause { return e.several("cookie-duplicates") }

func crossSite(e *evidence) *cause { return e.several("session-cross-site") }

// several is a finding that requests have shown so often, on all workers
// together, that it is no accident.
func (e *evidence) several(id string, covers ...string) *cause {
	var n uint64
	f, on := e.finding(id)
	for _, w := range on {
		for _, other := range w.Config.Findings {
			if other.ID == id {
				n += other.Count
			}
		}
	}
	if f.ID == "" || f.Severity == check.Info && n < check.WarnAfter {
		return nil
	}
	return e.found(id, covers...)
}
