package check

import "strings"

func cacheRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "cache-keeps-sessions",
			Severity: Error,
			Title:    "a cache of the app keeps pages of one visitor for all",
			Description: "A handler asked for its session, and Fiber's `cache`, inside of the session middleware, kept its answer: whoever asks for the same path next gets that page. " +
				"The key is the path alone, unless the app gives the cache another one. Outside of the session middleware Fiber v2's does so unseen, and with `StoreResponseHeaders` it keeps the session's cookie too.",
			HowToSee: "Ask for the page that the message names with the cookies of two visitors: the second answer has `X-Cache: hit`. " +
				"Where `KeyGenerator`, or on Fiber v3 `KeyCookies`, has a key for each visitor nobody gets another's, but all get pages that are old: silence it if that is meant.",
		},
		find: cacheKeepsSessions,
	}}
}

func cacheKeepsSessions(f Facts) (message, fix string, found bool) {
	return "the app's cache keeps pages that depend on the session, for whoever comes next: " + strings.Join(f.Observed.KeptByCache, ", "),
		"have it leave them out: cache.New(cache.Config{Next: fibersession.NoCache})", len(f.Observed.KeptByCache) > 0
}
