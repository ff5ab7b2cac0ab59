package config

import (
	"net/url"
	"regexp"
	"strings"
)

const redacted = "[redacted]"

var (
	scheme     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*$`)
	secretName = regexp.MustCompile(`(?i)pass|pwd|pw|secret|token|csrf|xsrf|jwt|auth|key|cookie|cred|sig`)
)

// SoundsSecret reports whether the name of a value, or of a parameter, has a word
// in it that secrets are called by, such as "api_key" or "csrf".
func SoundsSecret(name string) bool { return secretName.MatchString(name) }

// redactURL returns a URL, such as a Redis URL, that is safe to show: its
// password reads "xxxxx", as do query parameters named like a secret. The user
// name stays, unless it stands alone: then it is a password whose colon was
// forgotten, as a rule. Where it is not certain what is the password, as in a URL that
// does not parse or whose password has an unescaped "/", "?" or "#", all but
// the scheme is replaced: "redis://[redacted]". Text without a scheme becomes
// "[redacted]", an empty text stays empty.
func redactURL(raw string) string {
	before, after, ok := strings.Cut(raw, "://")
	switch {
	case raw == "":
		return ""
	case !ok || !scheme.MatchString(before):
		return redacted
	}
	hidden := before + "://" + redacted
	// A password with one of these unescaped ends the host too early.
	if end := strings.IndexAny(after, "/?#"); end >= 0 && strings.ContainsAny(after[end:], "@#") {
		return hidden
	}
	u, err := url.Parse(raw)
	if err != nil {
		return hidden
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return hidden
	}
	for name := range query {
		if SoundsSecret(name) {
			query[name] = []string{"xxxxx"}
			u.RawQuery = query.Encode()
		}
	}
	if _, both := u.User.Password(); !both && u.User.Username() != "" {
		u.User = url.User("xxxxx")
	}
	return u.Redacted()
}
