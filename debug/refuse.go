package debug

import (
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// refuse answers who has no token and is not let in without, and says what
// spoke against it.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, why string) {
	h.log.LogAttrs(r.Context(), slog.LevelDebug, "debug: refused, without the token", peer(r), slog.String("because", why))
	h.writeJSON(w, http.StatusForbidden, Problem{
		Error: "forbidden: the debug endpoints want the token here: " + why,
		Fix:   h.tokenFix(),
	})
}

// refuseToken answers a token that is not the right one. Who sends many is told
// to wait, which keeps nobody out who has the right one. The log is told, since
// it may be somebody trying them out, but not so often that this fills it.
func (h *handler) refuseToken(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	if unlogged, due := h.wrongTokens.due(now); due {
		h.log.LogAttrs(r.Context(), slog.LevelWarn, "debug: refused a wrong token", peer(r), slog.Uint64("same_not_logged", unlogged))
	}
	if wait := h.slowed.take(now); wait > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt(int64(math.Ceil(wait.Seconds())), 10))
		h.writeJSON(w, http.StatusTooManyRequests, Problem{Error: "too many wrong tokens", Fix: h.tokenFix()})
		return
	}
	h.writeJSON(w, http.StatusForbidden, Problem{Error: "forbidden: this is not the token of the debug endpoints", Fix: h.tokenFix()})
}

// tokenFix says where the token is and how to present it, or how to do without.
func (h *handler) tokenFix() string {
	fix := h.presentFix()
	if open, _ := h.sessions.Diagnostics().OpenToThisMachine(); open {
		fix += "; or ask from this machine itself, as localhost or 127.0.0.1, through no proxy"
	}
	return fix
}

func (h *handler) presentFix() string {
	title := h.sessions.Config().Title("debug-token")
	fix := "send the header Authorization: Bearer <token>, or open " + root + "?token=<token>, with the token that " + title + " is set to"
	if !h.gate.configured {
		fix = "open the address that this worker's log has in the line \"debug: endpoints are on\", or send the header Authorization: Bearer <token> with the token in it; " +
			title + " sets one of your own"
	}
	return fix
}

// refuseOrigin answers a page of another origin.
func (h *handler) refuseOrigin(w http.ResponseWriter, r *http.Request) {
	h.log.LogAttrs(r.Context(), slog.LevelDebug, "debug: refused a page of another origin", peer(r))
	h.writeJSON(w, http.StatusForbidden, Problem{
		Error: "forbidden: a page of another origin may not send this",
		Fix:   "send it from a page of the app itself, or from a command line",
	})
}

func peer(r *http.Request) slog.Attr {
	return slog.String("peer", strings.Clone(r.RemoteAddr)) // Fiber uses its strings again
}

// logInterval is how often the log repeats a warning.
const logInterval = time.Minute

// logLimiter keeps a warning that callers can provoke from filling the log.
type logLimiter struct {
	logged  atomic.Int64 // when it last was due, Unix nanoseconds
	skipped atomic.Uint64
}

// due reports whether the warning is due, and how many there were since the
// last one that was.
func (a *logLimiter) due(now time.Time) (skipped uint64, due bool) {
	last := a.logged.Load() // may be ahead: a clock can be set back
	if last != 0 && now.Sub(time.Unix(0, last)).Abs() < logInterval || !a.logged.CompareAndSwap(last, now.UnixNano()) {
		a.skipped.Add(1)
		return 0, false
	}
	return a.skipped.Swap(0), true
}
