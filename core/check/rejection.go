package check

import "fmt"

// The reasons that the rules know, as package session calls them.
const (
	foreignKey   = "foreign-key"
	foreignStore = "foreign-store"
	badSignature = "bad-signature"
	ambiguous    = "ambiguous"
)

func rejectionRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "cookie-foreign-key",
			Severity: Warning,
			WhenRare: Info,
			Title:    "cookies of another key arrive",
			Description: "Requests brought cookies that were signed with a key this worker does not have: another worker has another secret key, or the key was changed without keeping the old one as a fallback. " +
				"Each of these visitors was taken for a new one. Where sessions are in memory the cookie was also made by another worker's private store, or before this app's last start, so the same key alone would not help. " +
				"Where the cookie names another store as well another app on the same host set it, as a rule: browsers do not tell ports apart, so two apps on `localhost` overwrite each other's cookie as long as both call it the same. " +
				"Nobody here can verify such a cookie, so a few may be made up.",
			HowToSee: "`/debug/session` says `rejected: foreign-key`; the log shows the fingerprints of the cookie's key and of ours; `/debug/workers` shows everybody's.",
		},
		find:   cookieForeignKey,
		seen:   func(f Facts) Recent { return f.Rejections[foreignKey] },
		likely: func(f Facts) bool { return f.Store.Private },
	}, {
		Rule: Rule{
			ID:       "cookie-foreign-store",
			Severity: Warning,
			Title:    "cookies of another store arrive",
			Description: "Requests brought cookies of sessions that were made on another store, and this store has no such sessions: another worker keeps its sessions in its own memory, another folder, another Redis or under another prefix. " +
				"Where sessions are in memory the cookie may also be from before this app's last start. Each of these visitors was taken for a new one. " +
				"Such a cookie is signed with our key, so that one is proof enough.",
			HowToSee: "`/debug/session` says `rejected: foreign-store`; the log shows the id of the cookie's store and of ours; `/debug/store` on each worker shows its id.",
		},
		find: cookieForeignStore,
	}, {
		Rule: Rule{
			ID:       "cookie-bad-signature",
			Severity: Info,
			Title:    "cookies with a wrong signature arrive",
			Description: "Requests brought cookies that name this worker's key and are not signed with it: somebody edited them, or tries to guess. They were rejected without asking the store. " +
				"Nothing in the configuration is wrong; a growing number is an attack.",
			HowToSee: "`/debug/metrics` counts rejections by reason; the log says `bad-signature`, at most once a minute.",
		},
		find: cookieBadSignature,
	}, {
		Rule: Rule{
			ID:       "cookie-ambiguous",
			Severity: Warning,
			WhenRare: Info,
			Title:    "cookies of two sessions arrive together",
			Description: "Requests brought several cookies of the session's name that lead to different live sessions. Which of them is the visitor's cannot be told, so none counted, and each of these visitors was taken for a new one; " +
				"what is stored for him next, or his logout, ends them all. One of the cookies is left from an earlier path or domain, or another host of the domain has set it: that is how an attacker who controls such a host would have visitors act in a session of his own. " +
				"Everybody can do so with two sessions of his own, so a few may mean nothing.",
			HowToSee: "`/debug/session` says `rejected: ambiguous`; the browser's developer tools list the cookies with their paths and domains.",
		},
		find: cookieAmbiguous,
		seen: func(f Facts) Recent { return f.Rejections[ambiguous] },
	}}
}

func cookieForeignKey(f Facts) (message, fix string, found bool) {
	seen := f.Rejections[foreignKey]
	message = seen.of() + " with a cookie that was signed with a key this worker does not have"
	if f.Store.Private {
		message += ", and made by another worker's private store, or before this app's last start: sessions are in the memory of each process"
	}
	if apps := f.Observed.AnotherApp; apps.Count > 0 && !f.Store.Private {
		return fmt.Sprintf("%s; %d of them were made on another store too, by another app on this host as a rule", message, min(apps.Count, seen.Count)), AnotherAppFix(f), seen.Count > 0
	}
	return message, ForeignKeyFix(f), seen.Count > 0
}

func cookieForeignStore(f Facts) (message, fix string, found bool) {
	seen := f.Rejections[foreignStore]
	message = seen.of() + " with a cookie that was made on another store, and this one has no such session"
	if f.Store.Private {
		message = seen.of() + " with a cookie that was made by another worker's private store, or before this app's last start: sessions are in the memory of each process"
	}
	return message, StoreFix(f), seen.Count > 0
}

func cookieBadSignature(f Facts) (message, fix string, found bool) {
	seen := f.Rejections[badSignature]
	return seen.of() + " with a cookie whose signature is wrong: edited, or an attempt to guess",
		"nothing to mend; when the number grows, find out in the log of your proxy who sends them", seen.Count > 0
}

func cookieAmbiguous(f Facts) (message, fix string, found bool) {
	seen := f.Rejections[ambiguous]
	return fmt.Sprintf("%s with several cookies called %s that lead to different sessions: none of them counted", seen.of(), f.Config.Cookie.Name),
		duplicatesFix(f), seen.Count > 0
}
