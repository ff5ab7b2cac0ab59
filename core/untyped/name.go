package untyped

import (
	"slices"
	"strings"
	"unicode"
)

// Key is the session's key for a name: the name, with "~" before one that the
// kit keeps for itself, is empty, or begins with "~" already.
func Key(name string) string {
	if name == "" || name[0] == '_' || name[0] == '~' {
		return "~" + name
	}
	return name
}

// Name is the name that Key has made key of.
func Name(key string) string { return strings.TrimPrefix(key, "~") }

// counting are words for what is counted.
var counting = []string{"n", "count", "counter", "counts", "total", "times", "visits", "views", "hits", "clicks", "requests", "likes", "score", "points", "attempts", "tries", "retries", "failures"}

// Counts reports whether a name says that its value counts something: its last
// word is one such as "count", "visits" or "attempts", as in "count",
// "login_attempts" and "pageViews".
func Counts(name string) bool {
	last := strings.LastIndexFunc(name, func(r rune) bool { return !unicode.IsLetter(r) })
	name = name[last+1:]
	if upper := strings.LastIndexFunc(name, unicode.IsUpper); upper > 0 && strings.IndexFunc(name, unicode.IsLower) >= 0 {
		name = name[upper:]
	}
	return slices.Contains(counting, strings.ToLower(name))
}
