package check

import (
	"fmt"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
)

func cookieRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:          "cookie-not-secure",
			Severity:    Error,
			Title:       "the cookie is not Secure in production",
			Description: "The session cookie is sent over plain http too, where anybody on the way can read it and be that user.",
			HowToSee:    "`curl -sI` on a page that sets the cookie: the `Set-Cookie` line lacks `Secure`.",
		},
		find: cookieNotSecure,
	}, {
		Rule: Rule{
			ID:       "cookie-secure-http",
			Severity: Warning,
			WhenRare: Info,
			Title:    "a Secure cookie over plain http",
			Description: "A cookie with the attribute Secure was set on the answer to a request that came over plain http. Unless a proxy in front speaks https to the browser, the browser drops it, and the user is never logged in. " +
				"Chrome and Firefox make an exception for `localhost` and 127.0.0.1, Safari makes none, and tools such as `curl` do not drop it in every case: a few such answers are only worth knowing.",
			HowToSee: "The browser's developer tools mark the `Set-Cookie` line; `/debug/session` says that no cookie came.",
		},
		find: cookieSecureHTTP,
		seen: func(f Facts) Recent { return f.Observed.SecureOverHTTP },
	}, {
		Rule: Rule{
			ID:       "cookie-domain-wide",
			Severity: Warning,
			Title:    "the cookie's domain is too wide",
			Description: "The cookie's domain is one under which strangers have sites of their own, such as `com`, `co.uk` or `github.io`. Browsers drop such a cookie. " +
				"This knows single words, the usual second levels of countries, and a few hosts of apps; the whole list is at publicsuffix.org.",
			HowToSee: "`/debug/config` shows `session-cookie-domain`; the browser's developer tools mark the `Set-Cookie` line.",
		},
		find: cookieDomainWide,
	}, {
		Rule: Rule{
			ID:          "cookie-lifetime",
			Severity:    Warning,
			Title:       "sessions longer than browsers keep cookies",
			Description: "Sessions last longer than 400 days, and no browser keeps a cookie for longer than that (RFC 6265bis). The session stays in the store for the rest of its life, and nobody can use it.",
			HowToSee:    "`/debug/config` shows `session-lifetime`.",
		},
		find: cookieLifetime,
	}, {
		Rule: Rule{
			ID:       "cookie-duplicates",
			Severity: Warning,
			WhenRare: Info,
			Title:    "several cookies of the session's name",
			Description: "Browsers sent more than one cookie of the session's name: the cookie's path or domain was changed and the old one is still there, or another host of the domain uses the same name. " +
				"The one that leads to a live session counts; when several do none counts, and `cookie-ambiguous` says so.",
			HowToSee: "The browser's developer tools list the cookies with their paths and domains.",
		},
		find: cookieDuplicates,
		seen: func(f Facts) Recent { return f.Observed.DuplicateCookies },
	}, {
		Rule: Rule{
			ID:       "cookie-no-prefix",
			Severity: Warning,
			Title:    "the cookie could have the prefix __Host-, and has not",
			Description: "In production the cookie's name does not begin with `__Host-`, though its path is `/` and it has no domain. Browsers let every host below the same registered domain, and whoever can answer for one over plain http, set a cookie of any other name for this host too: " +
				"beside the visitor's own, so that he counts as nobody, or for a visitor who has none, who then acts in a session of the attacker's. The default name in production has the prefix; another one was chosen.",
			HowToSee: "`/debug/config` shows `session-cookie-name`.",
		},
		find: cookieNoPrefix,
	}, {
		Rule: Rule{
			ID:       "cookie-many-hosts",
			Severity: Info,
			Title:    "other hosts can set the cookie",
			Description: "In production the cookie has a domain, or a path that is not `/`, so that its name cannot begin with `__Host-`. Every host below the domain can then set a cookie of the session's name. " +
				"That is the price of a session that several hosts share; each of them must be as trustworthy as this one.",
			HowToSee: "`/debug/config` shows `session-cookie-domain` and `session-cookie-path`.",
		},
		find: cookieManyHosts,
	}, {
		Rule: Rule{
			ID:       "session-cross-site",
			Severity: Warning,
			WhenRare: Info,
			Title:    "a page of another site sent something, and no cookie came along",
			Description: "A request with another method than GET came from a page of another site (a payment, a login by SAML), the session was changed, and nobody was logged in by it. With SameSite=Lax or Strict browsers leave the cookie out of such a request, so it had a new session. " +
				"That one was not kept, for its cookie would have replaced the visitor's own. Have the other site come back with a GET, or answer its POST with a page that goes on to a URL of this app by itself: the second request comes from this site and brings the cookie.",
			HowToSee: "The request has the header `Sec-Fetch-Site: cross-site` and no session cookie.",
		},
		find: sessionCrossSite,
		seen: func(f Facts) Recent { return f.Observed.CrossSite },
	}}
}

func sessionCrossSite(f Facts) (message, fix string, found bool) {
	seen := f.Observed.CrossSite
	return seen.of() + " from a page of another site brought no session cookie: what the handler put into its new session was not kept",
		"have the other site come back with a GET, or answer its POST with a page that goes on to a URL of this app: docs/troubleshooting.md, \"Logged out after a payment\"",
		seen.Count > 0
}

func cookieNotSecure(f Facts) (message, fix string, found bool) {
	return "the session cookie is never Secure, in production: it can be read wherever a page is opened over http",
		"set " + setting(f, "session-cookie-secure") + " to auto",
		f.Config.Mode == config.Production && f.Config.Cookie.Secure == config.SecureNever
}

func cookieSecureHTTP(f Facts) (message, fix string, found bool) {
	fix = "open the site over https; for a trial over http run it with " + setting(f, "mode") + " development and " +
		setting(f, "session-cookie-secure") + " auto"
	if !f.Config.TrustProxy {
		fix += "; behind a proxy that speaks https and sends X-Forwarded-Proto set " + setting(f, "session-trust-proxy")
	}
	seen := f.Observed.SecureOverHTTP
	return seen.of() + " over plain http got a Secure session cookie: unless a proxy made http of https, or the page is opened as localhost and not in Safari, the browser drops it",
		fix, seen.Count > 0
}

func cookieDomainWide(f Facts) (message, fix string, found bool) {
	return fmt.Sprintf("the cookie's domain is %q, under which strangers have sites of their own: browsers drop such a cookie", f.Config.Cookie.Domain),
		"set " + setting(f, "session-cookie-domain") + ` to a domain of your own, or to "" for the host alone`,
		isPublicSuffix(f.Config.Cookie.Domain)
}

// maxCookieAge is how long browsers keep a cookie at most (RFC 6265bis 5.5).
const maxCookieAge = 400 * 24 * time.Hour

func cookieLifetime(f Facts) (message, fix string, found bool) {
	return fmt.Sprintf("sessions last %.0f days, and browsers forget the cookie after 400", f.Config.Lifetime.Hours()/24),
		"set " + setting(f, "session-lifetime") + " to 9600h (400 days) or less",
		f.Config.Lifetime > maxCookieAge && !f.Config.Cookie.UntilClosed
}

func cookieDuplicates(f Facts) (message, fix string, found bool) {
	seen := f.Observed.DuplicateCookies
	return fmt.Sprintf("%s with several cookies called %s: an old path or domain, or another app that uses the name", seen.of(), f.Config.Cookie.Name),
		duplicatesFix(f), seen.Count > 0
}

// duplicatesFix says how to be rid of other cookies of the name. The prefix
// costs no session; the other way out is another name.
func duplicatesFix(f Facts) string {
	if takesHostPrefix(f) {
		return hostPrefixFix(f)
	}
	return "set " + setting(f, "session-cookie-name") + " to a name of this app's own, such as " + f.Config.Cookie.Name + "2: it ends all sessions once"
}

// takesHostPrefix reports whether the cookie's name could begin with __Host-
// and does not: where it is Secure in any case.
func takesHostPrefix(f Facts) bool {
	c := f.Config.Cookie
	return f.Config.Mode == config.Production && c.TakesHostPrefix() && !hasPrefix(c.Name, config.HostPrefix)
}

func hostPrefixFix(f Facts) string {
	return fmt.Sprintf("set %s to %s: sessions go on, since cookies called %s are read for as long as their sessions last",
		setting(f, "session-cookie-name"), config.HostPrefix+f.Config.Cookie.Name, f.Config.Cookie.Name)
}

// hasPrefix compares as browsers do.
func hasPrefix(name, prefix string) bool {
	return len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix)
}

func cookieNoPrefix(f Facts) (message, fix string, found bool) {
	return fmt.Sprintf("the cookie is called %s, so every other host of the domain can set one: with __Host- before its name browsers would take it from this host alone", f.Config.Cookie.Name),
		hostPrefixFix(f), takesHostPrefix(f)
}

func cookieManyHosts(f Facts) (message, fix string, found bool) {
	c := f.Config.Cookie
	if c.Domain != "" {
		message = fmt.Sprintf("the cookie's domain is %q: every host below it gets the session cookie, and can set one", c.Domain)
		fix = "unless several hosts share the session, set " + setting(f, "session-cookie-domain") + ` to ""`
	} else {
		message = fmt.Sprintf("the cookie's path is %q, so its name cannot begin with __Host-, and every other host of the domain can set one", c.Path)
		fix = "unless another app on this host needs it, set " + setting(f, "session-cookie-path") + " to /"
	}
	return message, fix + "; it ends all sessions once",
		f.Config.Mode == config.Production && c.Secure != config.SecureNever && !c.TakesHostPrefix() && !isPublicSuffix(c.Domain)
}
