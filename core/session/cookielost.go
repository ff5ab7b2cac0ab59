package session

import "log/slog"

// CookieLost says in the log, at most once a minute, that the answer to this
// request went out without the cookie that Commit gave for it: so a visitor
// whose session was renewed now holds an id that is dead. It is for adapters.
func (x *Exchange) CookieLost() {
	if same, due := x.manager.cookieLost.due(x.manager.now()); due {
		x.manager.log.LogAttrs(x.ctx, slog.LevelWarn, "session: the handler took the connection over and answered without the session's new cookie, which is lost",
			slog.String("fix", "give the upgrade the headers of the answer: upgrader.Upgrade(w, r, w.Header()); or log in and renew in a request before it"),
			slog.String("docs", "docs/middleware.md#websockets"), slog.Uint64("same_not_logged", same))
	}
}
