package check

import "time"

// Predecessor is what is known of the library whose sessions are taken over.
type Predecessor struct {
	Until time.Time // when it is asked for the last time; zero for never
	Last  time.Time // when this worker took a session over last; zero for never
}

func predecessorRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "predecessor-done",
			Severity: Info,
			Title:    "the sessions from before need no reader any more",
			Description: "The app takes over the sessions of the library that it used before, and none is left: the date given for it has passed, or this worker has taken over none for as long as a session lasts. " +
				"Visitors with a cookie of no use make it look into the old store, so the reader should go.",
			HowToSee: "`/debug/metrics` counts `sessionkit_sessions_migrated_total`; `/debug/session` says `migrated` for a request whose session was taken over.",
		},
		find: predecessorDone,
	}}
}

func predecessorDone(f Facts) (message, fix string, found bool) {
	p := f.Observed.Predecessor
	if p == nil {
		return "", "", false
	}
	fix = "take out session.WithPredecessor, or the adapter's Legacy, Store or Storage, and the old store with it"
	if !p.Until.IsZero() && !f.Self.Clock.Before(p.Until) {
		return "the sessions from before are read no more since " + p.Until.UTC().Format(time.DateOnly), fix, true
	}
	since := f.Self.Started
	if p.Last.After(since) {
		since = p.Last
	}
	lifetime := f.Config.WithDefaults().Lifetime
	return "no session from before was taken over since " + since.UTC().Format(time.DateTime) + " UTC, which is longer than one lasts (" + setting(f, "session-lifetime") + ")",
		fix, f.Self.Clock.Sub(since) > lifetime
}
