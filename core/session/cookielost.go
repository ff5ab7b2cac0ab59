package session

import "log/slog"

// CookieLost says in the log, at most once a minute, that a handler took the
// connection over and its answer lacked the cookie that Commit gave for it. added
// reports whether the adapter could put it in; otherwise a visitor whose session
// was renewed now holds an id that is dead. It is for adapters.
func (x *Exchange) CookieLost(added bool) {
	if same, due := x.manager.cookieLost.Due(x.manager.now()); due {
		x.manager.log.LogAttrs(x.ctx, slog.LevelWarn, "session: a handler took the connection over and answered without the session's new cookie",
			slog.Bool("added", added), slog.String("fix", "give the upgrade the headers of the answer: upgrader.Upgrade(w, r, w.Header()); or log in and renew in a request before it"),
			slog.String("docs", "docs/middleware.md#websockets"), slog.Uint64("same_not_logged", same))
	}
}
