package debug

import (
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// refuse does not say which condition failed: a guess at the token learns
// nothing from it.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request) {
	h.logRefusal(r)
	fix := "send the header Authorization: Bearer <token>, with the token that " + h.sessions.Config().Title("debug-token") + " is set to"
	if !h.gate.tokenOnly {
		fix += "; or ask from this host itself: over a loopback address, as localhost or 127.0.0.1, through no proxy, and from no other site's page"
	}
	h.writeJSON(w, http.StatusForbidden, Problem{
		Error: "forbidden: the debug endpoints need a valid token or, outside production, a local caller",
		Fix:   fix,
	})
}

// refuseOrigin answers a page of another origin.
func (h *handler) refuseOrigin(w http.ResponseWriter, r *http.Request) {
	h.log.LogAttrs(r.Context(), slog.LevelDebug, "debug: refused a page of another origin", peer(r))
	h.writeJSON(w, http.StatusForbidden, Problem{
		Error: "forbidden: a page of another origin may not send this",
		Fix:   "send it from a page of the app itself, or from a command line",
	})
}

// logRefusal warns of a token that is not the right one, which may be somebody
// trying them out, but not so often that this fills the log. Who brings none,
// or one where none is configured, has only lost the way.
func (h *handler) logRefusal(r *http.Request) {
	if !h.gate.hasToken || !presentsToken(r) {
		h.log.LogAttrs(r.Context(), slog.LevelDebug, "debug: refused, without a token that counts", peer(r))
		return
	}
	if unlogged, due := h.wrongTokens.raise(time.Now()); due {
		h.log.LogAttrs(r.Context(), slog.LevelWarn, "debug: refused a wrong token", peer(r), slog.Uint64("same_not_logged", unlogged))
	}
}

func peer(r *http.Request) slog.Attr {
	return slog.String("peer", strings.Clone(r.RemoteAddr)) // Fiber uses its strings again
}

// alarmInterval is how often the log repeats a warning.
const alarmInterval = time.Minute

// alarm keeps a warning that callers can provoke from filling the log.
type alarm struct {
	logged  atomic.Int64 // when it last was due, Unix nanoseconds
	skipped atomic.Uint64
}

// raise tells whether the warning is due, and how many there were since the
// last one that was.
func (a *alarm) raise(now time.Time) (skipped uint64, due bool) {
	last := a.logged.Load() // may be ahead: a clock can be set back
	if last != 0 && now.Sub(time.Unix(0, last)).Abs() < alarmInterval || !a.logged.CompareAndSwap(last, now.UnixNano()) {
		a.skipped.Add(1)
		return 0, false
	}
	return a.skipped.Swap(0), true
}
