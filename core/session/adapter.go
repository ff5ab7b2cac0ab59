package session

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/internal/guard"
)

// This file has what only adapters need. Package adaptertest reports whether one
// uses it right.

// Incoming is what the kit needs to know of a request. Adapters fill it.
type Incoming struct {
	inside
	Cookies        []string // the lines of the Cookie header; must stay as they are
	TLS            bool     // the connection to this server is encrypted
	Unseen         bool     // nobody looks at the answer: HEAD has no body, and a page that is fetched ahead may never be shown
	ForwardedProto string   // X-Forwarded-Proto; believed only when configured
	CrossSite      bool     // another site's page sends something: no link does, whose method is GET

	// Header has, of the request, at least those of [Incoming.TokenHeaders], which
	// must stay as they are. Where it is nil the cookie alone counts, whatever the
	// configuration says.
	Header http.Header
}

// Outgoing is what an answer needs in its headers on behalf of the session. It is
// zero where nobody has asked for the session; else it has Vary or VaryOn.
type Outgoing struct {
	inside
	SetCookie string // a Set-Cookie line to add, "" for none
	Forget    string // another one, which removes the cookie of a former name
	Vary      bool   // the answer depends on the session's cookie: Vary: Cookie
	NoStore   bool   // it sets the cookie or has a token: Cache-Control: no-store

	VaryOn      string // what else it depends on, for Vary: names by commas, "" for none
	TokenHeader string // the header of the answer that has the token, "" for none
	Token       string // its value; "" says that the client's token is void
}

// ContextKey is the key under which a context carries its [Exchange], for
// adapters whose framework keeps request values of its own.
const ContextKey = guard.ContextKey

// Fetched fills in Unseen and CrossSite from what a browser says of why it makes
// the request: its method, its header Sec-Fetch-Site, and as purposes its
// Sec-Purpose (Fetch, section 2.2.7; "prefetch", "prefetch;prerender") and the older
// Purpose and X-Moz. It is for adapters.
func (in *Incoming) Fetched(method, site string, purposes ...string) {
	in.Unseen = method == http.MethodHead
	for _, purpose := range purposes {
		in.Unseen = in.Unseen || purpose != "" && ahead(purpose)
	}
	in.CrossSite = site == "cross-site" && method != http.MethodGet && method != http.MethodHead
}

func ahead(purpose string) bool {
	word, _, _ := strings.Cut(purpose, ";")
	switch strings.ToLower(strings.Trim(word, " \t")) {
	case "prefetch", "prerender", "preview":
		return true
	}
	return false
}

// Asked reports whether this request has asked for a session of any manager, so
// that its answer belongs to one visitor. It is for adapters; x may be nil.
func (x *Exchange) Asked() bool {
	for ; x != nil; x = x.outer {
		if x.has(asked) {
			return true
		}
	}
	return false
}

// CookieLost says in the log, at most once a minute, that a handler took the
// connection over and its answer lacked the cookie, or the token, that Commit gave for it. added
// reports whether the adapter could put it in; otherwise a visitor whose session
// was renewed now holds an id that is dead. It is for adapters.
func (x *Exchange) CookieLost(added bool) {
	if same, due := x.manager.cookieLost.Due(x.manager.now()); due {
		x.manager.log.LogAttrs(x.ctx, slog.LevelWarn, "session: a handler took the connection over and answered without the session's new cookie",
			slog.Bool("added", added), slog.String("fix", "give the upgrade the headers of the answer: upgrader.Upgrade(w, r, w.Header()); or log in and renew in a request before it"),
			slog.String("docs", "docs/middleware.md#websockets"), slog.Uint64("same_not_logged", same))
	}
}

// Run calls next, which is all that happens inside the session middleware. It
// is for adapters: see [diagnose.Within].
func (x *Exchange) Run(next func()) { diagnose.Within(next) }

// Fault notes an error that an adapter answers with 500, so that the log has
// the cause which the answer keeps to itself, and returns the text of the answer.
// where is that of [diagnose.ReportMissingMiddleware]. Outside production the text
// says which line to move, where that is the cause; in production whoever has the
// debug token in the Authorization header, "" for none, is told so too. It is for
// adapters.
func Fault(ctx context.Context, where, authorization string, err error) (text string) {
	text = http.StatusText(http.StatusInternalServerError)
	if errors.Is(err, ErrNoMiddleware) {
		diagnose.ReportMissingMiddleware(where)
		if cause := diagnose.MissingMiddleware(where, authorization); cause != "" {
			text += ": " + cause
		}
		return text
	}
	log := slog.Default()
	if x, ok := ctx.Value(ContextKey).(*Exchange); ok {
		log = x.manager.log
	}
	log.LogAttrs(ctx, slog.LevelError, "session: answered with 500", slog.String("route", where), slog.Any("error", err))
	return text
}
