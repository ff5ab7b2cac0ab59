package check

func renewalRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "session-not-renewed",
			Severity: Warning,
			Title:    "a login gives no session a new id",
			Description: "The app uses a session API that has no word for a login, and no key of its sessions looks like who is logged in. " +
				"So no session has been given a new id yet, and a cookie that somebody copied or planted before a login is worth as much as the user's after it (OWASP ASVS 5.0, 7.2.4).",
			HowToSee: "Log in with the browser's developer tools open: the value of the session's cookie stays as it was.",
		},
		find: sessionNotRenewed,
	}}
}

func sessionNotRenewed(f Facts) (message, fix string, found bool) {
	return "none of the sessions' keys says who is logged in, so a login gives no session a new id, and a cookie that was copied before a login is worth as much as the user's after it",
		f.Observed.NeverRenewed, f.Observed.NeverRenewed != ""
}
