package check

import (
	"net"
	"slices"
	"strings"
)

// secondLevels are what many countries have below their two letters, for
// everybody to register names under.
var secondLevels = []string{"ac", "co", "com", "edu", "go", "gob", "gov", "ltd", "ne", "net", "nom", "or", "org", "plc"}

// appHosts are domains under which anybody gets a site.
var appHosts = []string{
	"appspot.com", "azurewebsites.net", "cloudfront.net", "firebaseapp.com", "fly.dev", "github.io", "gitlab.io", "herokuapp.com",
	"netlify.app", "onrender.com", "pages.dev", "up.railway.app", "vercel.app", "web.app", "workers.dev",
}

// isPublicSuffix reports whether strangers have sites of their own below the
// domain. It knows a few of the many there are.
func isPublicSuffix(domain string) bool {
	domain = strings.ToLower(strings.TrimPrefix(domain, "."))
	if domain == "" || net.ParseIP(domain) != nil {
		return false
	}
	labels := strings.Split(domain, ".")
	switch {
	case len(labels) == 1:
		return true
	case len(labels) == 2 && len(labels[1]) == 2 && slices.Contains(secondLevels, labels[0]):
		return true
	}
	return slices.Contains(appHosts, domain)
}
