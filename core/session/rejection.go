package session

import (
	"context"
	"log/slog"
	"sync/atomic"

	"github.com/gosessionkit/sessionkit/core/check"
)

// rejections counts, by reason, the requests that asked for their session
// and came with no cookie that led to one.
type rejections [len(explanations)]rejection

type rejection struct {
	count  atomic.Uint64
	lately sightings // but for those without a cookie
	line   rareLine
}

// Rejections tells how many requests asked for their session and brought no
// cookie that led to one, by reason, since the manager was made.
func (m *Manager) Rejections() map[Reason]uint64 {
	counts := make(map[Reason]uint64, len(m.rejections))
	for i := range m.rejections {
		counts[explanations[i].reason] = m.rejections[i].count.Load()
	}
	return counts
}

// rejected counts a rejection and logs it, each reason at most once a minute.
func (m *Manager) rejected(status Status) {
	r := &m.rejections[status.Reason.rank()]
	r.count.Add(1)
	if status.Reason == ReasonNone {
		return
	}
	at := m.now()
	r.lately.add(at)
	if m.ofAnotherApp(status) {
		m.seen.anotherApp.add(at)
	}
	level := status.Reason.level()
	if !m.log.Enabled(context.Background(), level) {
		return
	}
	same, due := r.line.due(at)
	if !due {
		return
	}
	meaning, fix := m.ExplainStatus(status)
	attrs := []slog.Attr{
		slog.String("reason", string(status.Reason)),
		slog.String("meaning", meaning),
		slog.String("fix", fix),
		slog.Uint64("same_not_logged", same),
	}
	if status.Key != (Fingerprint{}) {
		attrs = append(attrs,
			slog.String("cookie_key", status.Key.String()), slog.String("our_key", m.keys[0].fingerprint.String()),
			slog.String("cookie_store", status.Store.String()), slog.String("our_store", m.Origin().String()))
	}
	m.log.LogAttrs(context.Background(), level, "session: cookie not accepted", attrs...)
}

// Explain says what a reason means on this manager's store, and what to do
// about it, with the settings called what this app calls them. It knows more
// than [Reason.Meaning] and [Reason.Fix].
func (m *Manager) Explain(r Reason) (meaning, fix string) {
	store := describe(m.store)
	facts := check.Facts{Config: m.cfg, Store: check.Store{Kind: store.Kind, Private: store.Private}}
	meaning, fix = r.explain(m.cfg)
	switch {
	case r == ReasonForeignKey:
		fix = check.ForeignKeyFix(facts)
		if store.Private { // who has another key has another memory
			meaning = "this cookie was signed with a key this worker does not have, and made by another worker's private store, or before this app's last start: sessions are in the memory of each process"
		}
	case r == ReasonForeignStore:
		fix = check.StoreFix(facts)
		if store.Private {
			meaning = "this cookie was made by another worker's private store, or before this app's last start: sessions are in the memory of each process"
		}
	}
	return meaning, fix
}

// ExplainStatus is Explain for a request's own status, which knows more: a
// cookie whose key and store are both foreign is another app's, as a rule.
func (m *Manager) ExplainStatus(s Status) (meaning, fix string) {
	store := describe(m.store)
	if !m.ofAnotherApp(s) || store.Private { // where every restart is another key and another store
		return m.Explain(s.Reason)
	}
	return "the cookie was signed with a key this worker does not have, and made on another store: another app on this host uses the same cookie name, or a worker of this app has neither the key nor the store of this one",
		check.AnotherAppFix(check.Facts{Config: m.cfg, Store: check.Store{Kind: store.Kind}})
}

// ofAnotherApp is guessing: nobody here can verify such a cookie.
func (m *Manager) ofAnotherApp(s Status) bool {
	return s.Reason == ReasonForeignKey && s.Store != m.Origin()
}

// level: what points at a fault of the set-up or an attack is a warning, what
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
