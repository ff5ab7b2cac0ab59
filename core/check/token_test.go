package check_test

import (
	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

var tokenExamples = []example{
	{id: "token-over-http", name: "seen", change: func(f *check.Facts) { f.Observed.TokenOverHTTP = seen(40) }, found: true,
		words: []string{"40 requests", "in a header", "https", "--session-trust-proxy"}},
	{id: "token-over-http", name: "behind a proxy that is trusted", change: all(
		func(f *check.Facts) { f.Observed.TokenOverHTTP = seen(40) },
		settings(func(c *config.Config) { c.TrustProxy = true })), found: true, words: []string{"have the clients use https alone"}},
	{id: "token-over-http", name: "never"},
}
