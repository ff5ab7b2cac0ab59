package check

func proxyRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "proxy-not-trusted",
			Severity: Warning,
			WhenRare: Info,
			Title:    "X-Forwarded-Proto comes and is not trusted",
			Description: "Requests carry the header X-Forwarded-Proto, with which a proxy says whether the browser speaks https, and the app is not set up to believe it. " +
				"So a request that was https at the browser counts as plain http here. Trust it only where nobody but the proxy reaches the app: anybody can send the header.",
			HowToSee: "`/debug/config` shows `session-trust-proxy`; the proxy's configuration sets the header.",
		},
		find: proxyNotTrusted,
		seen: func(f Facts) Recent { return f.Observed.UntrustedProto },
	}}
}

func proxyNotTrusted(f Facts) (message, fix string, found bool) {
	seen := f.Observed.UntrustedProto
	return seen.of() + " with X-Forwarded-Proto, which is not trusted: whether the browser speaks https is not known",
		"set " + setting(f, "session-trust-proxy") + " to true if only your proxy can reach this app; otherwise have the proxy remove the header",
		seen.Count > 0 && !f.Config.TrustProxy
}
