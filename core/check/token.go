package check

func tokenRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "token-over-http",
			Severity: Warning,
			WhenRare: Info,
			Title:    "a token in a header over plain http",
			Description: "In production the answer to a request that came over plain http had a session's token in a header. Unless a proxy in front speaks https to the client, anybody on the way can read the token and be that user: " +
				"a cookie that is Secure is not sent then, and nothing keeps a header back.",
			HowToSee: "`curl -si http://...` on a request that logs in shows the header; `/debug/config` shows `session-token`.",
		},
		find: tokenOverHTTP,
		seen: func(f Facts) Recent { return f.Observed.TokenOverHTTP },
	}}
}

func tokenOverHTTP(f Facts) (message, fix string, found bool) {
	fix = "have the clients use https alone"
	if !f.Config.TrustProxy {
		fix += "; behind a proxy that speaks https and sends X-Forwarded-Proto set " + setting(f, "session-trust-proxy")
	}
	seen := f.Observed.TokenOverHTTP
	return seen.of() + " over plain http got a session's token in a header: unless a proxy made http of https, anybody on the way can read it",
		fix, seen.Count > 0
}
