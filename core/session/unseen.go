package session

import (
	"net/http"
	"strings"
)

// Unseen reports whether nobody looks at the answer to a request: HEAD has no
// body, and a page that a browser fetches ahead may never be shown. purposes are
// the values of its Sec-Purpose header (Fetch, section 2.2.7; "prefetch",
// "prefetch;prerender") and of the older Purpose and X-Moz. It is for adapters,
// which fill [Incoming] with it.
func Unseen(method string, purposes ...string) bool {
	if method == http.MethodHead {
		return true
	}
	for _, purpose := range purposes {
		if purpose != "" && ahead(purpose) {
			return true
		}
	}
	return false
}

func ahead(purpose string) bool {
	word, _, _ := strings.Cut(purpose, ";")
	switch strings.ToLower(strings.Trim(word, " \t")) {
	case "prefetch", "prerender", "preview":
		return true
	}
	return false
}
