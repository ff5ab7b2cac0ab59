package diagnose

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/tally"

	"github.com/gosessionkit/sessionkit/core/check"
)

// rejections counts, by reason, the requests that asked for their session
// and came with no cookie that led to one.
type rejections [len(explanations)]rejection

type rejection struct {
	count  atomic.Uint64
	lately recent // but for those without a cookie
	line   tally.LogLimiter
}

// Rejections tells how many requests asked for their session and brought no
// cookie that led to one, by reason, since the start.
func (m *Monitor) Rejections() map[Reason]uint64 {
	counts := make(map[Reason]uint64, len(m.rejections))
	for i := range m.rejections {
		counts[explanations[i].reason] = m.rejections[i].count.Load()
	}
	return counts
}

// Rejected counts a request whose cookie, or token in another place, led to no
// session and logs it, each reason at most once a minute. key and store are what
// the token says of its origin, zero when it was not well-formed.
func (m *Monitor) Rejected(from config.TokenSource, reason Reason, key config.Fingerprint, store driver.StoreID) {
	r := &m.rejections[reason.Rank()]
	r.count.Add(1)
	if reason == ReasonNone {
		return
	}
	at := m.now()
	r.lately.add(at)
	if from == config.TokenCookie && m.ofAnotherApp(reason, store) {
		m.seen.anotherApp.add(at)
	}
	level := reason.level()
	if !m.log.Enabled(context.Background(), level) {
		return
	}
	same, due := r.line.Due(at)
	if !due {
		return
	}
	meaning, fix := m.ExplainToken(from, reason, store)
	what := what(from)
	attrs := []slog.Attr{
		slog.String("reason", string(reason)),
		slog.String("meaning", meaning),
		slog.String("fix", fix),
		slog.Uint64("same_not_logged", same),
	}
	if key != (config.Fingerprint{}) {
		attrs = append(attrs,
			slog.String(what+"_key", key.String()), slog.String("our_key", m.keys[0].String()),
			slog.String(what+"_store", store.String()), slog.String("our_store", m.StoreID().String()))
	}
	m.log.LogAttrs(context.Background(), level, "session: "+what+" not accepted", attrs...)
}

// what is how texts call what the place of a token has.
func what(from config.TokenSource) string {
	if from == config.TokenCookie {
		return "cookie"
	}
	return "token"
}

// Explain says what a reason means on this app's store, and what to do
// about it, with the settings called what this app calls them. It speaks of
// cookies, unless the app takes none.
func (m *Monitor) Explain(r Reason) (meaning, fix string) {
	if slices.Contains(m.cfg.TokenFrom, config.TokenCookie) {
		return m.explain(config.TokenCookie, r)
	}
	return m.explain(m.cfg.TokenFrom[0], r)
}

func (m *Monitor) explain(from config.TokenSource, r Reason) (meaning, fix string) {
	store := Describe(m.store)
	facts := check.Facts{Config: m.cfg, Store: check.Store{Kind: store.Kind, Private: store.Private}}
	facts.Config.TokenFrom = []config.TokenSource{from}
	meaning, fix = r.explain(from, m.cfg)
	switch {
	case r == ReasonForeignKey:
		fix = check.ForeignKeyFix(facts)
		if store.Private { // who has another key has another memory
			meaning = "this " + what(from) + " was signed with a key this worker does not have, and made by another worker's private store, or before this app's last start: sessions are in the memory of each process"
		}
	case r == ReasonForeignStore:
		fix = check.StoreFix(facts)
		if store.Private {
			meaning = "this " + what(from) + " was made by another worker's private store, or before this app's last start: sessions are in the memory of each process"
		}
	}
	return meaning, fix
}

// ExplainToken is Explain for a request's own token, which says which store it
// was made on: a cookie whose key and store are both foreign is another app's, as a
// rule.
func (m *Monitor) ExplainToken(from config.TokenSource, r Reason, made driver.StoreID) (meaning, fix string) {
	store := Describe(m.store)
	if from != config.TokenCookie || !m.ofAnotherApp(r, made) || store.Private { // where every restart is another key and another store
		return m.explain(from, r)
	}
	return "the cookie was signed with a key this worker does not have, and made on another store: another app on this host uses the same cookie name, or a worker of this app has neither the key nor the store of this one",
		check.AnotherAppFix(check.Facts{Config: m.cfg, Store: check.Store{Kind: store.Kind}})
}

// ofAnotherApp is guessing: nobody here can verify such a cookie.
func (m *Monitor) ofAnotherApp(r Reason, made driver.StoreID) bool {
	return r == ReasonForeignKey && made != m.StoreID()
}

// level is that of the log: what points at a fault of the set-up or an attack is a warning, what
// happens every day is not.
func (r Reason) level() slog.Level {
	switch r {
	case ReasonForeignKey, ReasonForeignStore, ReasonBadSignature, ReasonAmbiguous:
		return slog.LevelWarn
	case ReasonMalformed, ReasonNotFound:
		return slog.LevelInfo
	}
	return slog.LevelDebug
}
