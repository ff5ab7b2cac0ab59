package debug

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// end ends what is asked for, also when the operator does not wait for it, and has
// a line of the log say so, whether --session-audit is on or not.
func (h *handler) end(r *http.Request, asked SessionsRequest) (ended SessionsEnded, err error) {
	ctx := context.WithoutCancel(r.Context())
	info := h.sessions.Diagnostics().Worker()
	ended = SessionsEnded{Worker: describeWorker(info), Action: asked.Action, User: asked.User, Everywhere: true}
	if d, ok := h.sessions.Store().(driver.Describer); ok {
		ended.Everywhere = !d.Describe().Private
	}
	if asked.Action == ActionEndAll {
		if _, ok := h.sessions.Store().(driver.UserIndex); !ok {
			return ended, session.ErrNoUserIndex
		}
		ended.Ended, err = h.sessions.DestroyUser(ctx, asked.User)
	} else {
		var e driver.Entry
		if e, err = h.findOne(ctx, asked); err != nil {
			return ended, err
		}
		ended.Session, ended.User = e.ID.Short(), e.Record.User
		ended.Ended, err = h.endOne(ctx, e)
		if ended.Ended == 0 && err == nil {
			return ended, answered{http.StatusNotFound, Problem{Error: "it had ended already, or somebody else has logged in with it meanwhile", Fix: "find it again"}}
		}
	}
	ended.At = time.Now().UTC().Truncate(time.Millisecond)
	h.audit(r, ended, err)
	if err != nil {
		return ended, fmt.Errorf("nobody can say whether it has ended; it is safe to ask again: %w", err)
	}
	return ended, nil
}

// endOne ends a session, or what it is renewed to meanwhile.
func (h *handler) endOne(ctx context.Context, e driver.Entry) (ended int, err error) {
	if e.Record.User == "" {
		return 1, h.sessions.Destroy(ctx, e.ID)
	}
	if live, err := h.sessions.DestroyUserSession(ctx, e.Record.User, e.ID); !live || err != nil {
		return 0, err
	}
	return 1, nil
}

// findOne finds the session that is to end, and no other.
func (h *handler) findOne(ctx context.Context, asked SessionsRequest) (e driver.Entry, err error) {
	report := h.emptyReport(asked)
	entries, err := h.find(ctx, asked, &report)
	switch {
	case err != nil:
		return e, err
	case report.Early:
		return e, answered{http.StatusConflict, Problem{
			Error: fmt.Sprintf("nothing was ended: there was no time to look at all sessions, so another one's id may begin with %q too", report.Session),
			Fix:   "find it first, and end it by its ref; or give the user too",
		}}
	case len(entries) > 1:
		return e, answered{http.StatusConflict, Problem{
			Error: fmt.Sprintf("nothing was ended: several sessions have an id that begins with %q", report.Session),
			Fix:   "give the user too, or end the right one by its ref, as the list of them has it",
		}}
	}
	return entries[0], nil
}

// audit writes the line of the log. A failure is told too: the store may have done
// what it was asked and its answer been lost.
func (h *handler) audit(r *http.Request, ended SessionsEnded, err error) {
	level, attrs := slog.LevelInfo, []slog.Attr{slog.String("event", "ended by operator")}
	if ended.User != "" {
		attrs = append(attrs, slog.String("user", ended.User))
	}
	if ended.Session != "" {
		attrs = append(attrs, slog.String("session", ended.Session))
	} else {
		attrs = append(attrs, slog.Int("sessions", ended.Ended))
	}
	attrs = append(attrs, peer(r))
	if err != nil {
		level, attrs = slog.LevelWarn, append(attrs, slog.String("error", h.scrub.text(err.Error())))
	}
	h.log.LogAttrs(r.Context(), level, "session: audit", attrs...)
}
