package check

import "fmt"

// The reasons that the rules know, as package session calls them.
const (
	foreignKey   = "foreign-key"
	foreignStore = "foreign-store"
	badSignature = "bad-signature"
)

func rejectionRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "cookie-foreign-key",
			Severity: Warning,
			Title:    "cookies of another key arrive",
			Description: "Requests brought cookies that were signed with a key this worker does not have: another worker has another secret key, or the key was changed without keeping the old one as a fallback. " +
				"Each of these visitors was taken for a new one.",
			See: "`/debug/session` says `rejected: foreign-key`; the log shows the fingerprints of the cookie's key and of ours; `/debug/workers` shows everybody's.",
		},
		find: cookieForeignKey,
	}, {
		Rule: Rule{
			ID:       "cookie-foreign-store",
			Severity: Warning,
			Title:    "cookies of another store arrive",
			Description: "Requests brought cookies of sessions that were made on another store, and this store has no such sessions: another worker keeps its sessions in its own memory, another folder, another Redis or under another prefix. " +
				"Where sessions are in memory the cookie may also be from before this app's last start. Each of these visitors was taken for a new one.",
			See: "`/debug/session` says `rejected: foreign-store`; the log shows the id of the cookie's store and of ours; `/debug/store` on each worker shows its id.",
		},
		find: cookieForeignStore,
	}, {
		Rule: Rule{
			ID:       "cookie-bad-signature",
			Severity: Info,
			Title:    "cookies with a wrong signature arrive",
			Description: "Requests brought cookies that name this worker's key and are not signed with it: somebody edited them, or tries to guess. They were rejected without asking the store. " +
				"Nothing in the configuration is wrong; a growing number is an attack.",
			See: "`/debug/metrics` counts rejections by reason; the log says `bad-signature`, at most once a minute.",
		},
		find: cookieBadSignature,
	}}
}

func cookieForeignKey(f Facts) (message, fix string, found bool) {
	n := f.Rejections[foreignKey]
	fix = fmt.Sprintf("give every worker the same %s; after a change keep the old key in %s for one session lifetime (%v)",
		setting(f, "secret-key"), setting(f, "secret-key-fallbacks"), f.Config.Lifetime)
	if f.Config.SecretKey == "" {
		fix = newKeyFix(f)
	}
	return plural(n, "request", "requests") + " so far with a cookie that was signed with a key this worker does not have", fix, n > 0
}

func cookieForeignStore(f Facts) (message, fix string, found bool) {
	n := f.Rejections[foreignStore]
	if n == 0 {
		return "", "", false
	}
	if f.Store.Private {
		return fmt.Sprintf("cookies made by another worker's private store, or before this app's last start, arrive here: %d so far; sessions are in the memory of each process", n),
			sharedStoreFix(f), true
	}
	return fmt.Sprintf("cookies made on another store arrive here: %d so far", n), sameStoreFix(f), true
}

// sameStoreFix is what makes all workers use one store.
func sameStoreFix(f Facts) string {
	if f.Store.Kind == "file" {
		return fmt.Sprintf("give every worker the same %s; for workers on several machines set %s", setting(f, "session-dir"), setting(f, "redis-url"))
	}
	return fmt.Sprintf("give every worker the same %s and %s", setting(f, "redis-url"), setting(f, "session-prefix"))
}

func cookieBadSignature(f Facts) (message, fix string, found bool) {
	n := f.Rejections[badSignature]
	return fmt.Sprintf("%s so far with a cookie whose signature is wrong: edited, or an attempt to guess", plural(n, "request", "requests")),
		"nothing to mend; when the number grows, find out in the log of your proxy who sends them",
		n > 0
}
