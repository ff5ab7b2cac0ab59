package session

import (
	"context"
	"log/slog"

	"github.com/gosessionkit/sessionkit/core/event"
)

// audit writes a line of the log for each login, logout and end of sessions
// (--session-audit). A session has its short id, which names it to nobody, and of
// the user there is the name alone that the app logged in.
func audit(log *slog.Logger) event.Observer {
	return func(ctx context.Context, e event.Event) {
		switch e.Kind {
		case event.LoggedIn, event.LoggedOut, event.Ended:
		default:
			return
		}
		attrs := []slog.Attr{slog.String("event", string(e.Kind))}
		if e.User != "" {
			attrs = append(attrs, slog.String("user", e.User))
		}
		if e.Session != (ID{}) {
			attrs = append(attrs, slog.String("session", e.Session.Short()))
		} else {
			attrs = append(attrs, slog.Int("sessions", e.Sessions))
		}
		if e.Reason != "" {
			attrs = append(attrs, slog.String("reason", e.Reason))
		}
		if e.Previous != (ID{}) {
			attrs = append(attrs, slog.String("previous", e.Previous.Short()))
		}
		log.LogAttrs(ctx, slog.LevelInfo, "session: audit", attrs...)
	}
}
