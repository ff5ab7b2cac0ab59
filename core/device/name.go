package device

import (
	"strings"

	"github.com/mileusna/useragent"
)

// What is looked at of a header, which may be a megabyte, and how long each of the two
// parts of a name may be. Both are bytes.
const (
	maxHeader = 512
	maxPart   = 40
)

// Name is the browser and the system in a User-Agent header, without versions and
// models: "Firefox on Windows", "Safari on iOS". Of a program of another kind it is the
// program's name, such as "okhttp", and for a header that is empty or says nothing it is
// "". It is at most 84 bytes of letters, digits, spaces and .-_ in ASCII, whatever the
// header holds: anybody may send anything.
func Name(userAgent string) string {
	found := useragent.Parse(userAgent[:min(len(userAgent), maxHeader)])
	browser, system := clean(found.Name), clean(found.OS)
	switch {
	case browser == "":
		return system
	case system == "":
		return browser
	}
	return browser + " on " + system
}

// clean leaves out what is in no name.
func clean(part string) string {
	part = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune(" .-_", r):
			return r
		}
		return -1
	}, part)
	return strings.TrimSpace(part[:min(len(part), maxPart)])
}
