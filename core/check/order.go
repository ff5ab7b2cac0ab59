package check

import "strings"

func orderRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "middleware-order",
			Severity: Error,
			Title:    "the session was asked for before its middleware had run",
			Description: "A handler or a middleware asked for the session, or for who is logged in, and the session middleware had not run for that request: it is installed later, or on another group of routes. " +
				"The one who asked got an error that names the missing call.",
			See: "The message names the route, where one was chosen already; look at the order of the calls of `Use` and `Install`. " +
				"Where `RequireUser` comes first it answers `/debug/` with 500 too: then the finding is in the log alone.",
		},
		find: middlewareOrder,
	}}
}

// installs are the calls that put everything on in the right order, by
// framework.
var installs = map[string]string{
	"chi":      "chisession.Install(r, sessions, debugHandler) right behind chi.NewRouter(), before r.Use of what needs the session",
	"echo":     "echosession.Install(e, sessions, debugHandler) before e.Use of what needs the session",
	"fiber":    "fibersession.Install(app, sessions, debugHandler) right behind fiber.New(), before app.Use of what needs the session",
	"net/http": "httpsession.Install(mux, sessions, debugHandler) around everything that needs the session, as the last to wrap the handler",
}

func middlewareOrder(f Facts) (message, fix string, found bool) {
	install, ok := installs[f.Self.Framework]
	if !ok {
		install = "Install of chisession, echosession, fibersession or httpsession before what needs the session"
	}
	return "the session was asked for before the session middleware had run: " + strings.Join(f.Observed.SessionBeforeSetup, ", "),
		"call " + install, len(f.Observed.SessionBeforeSetup) > 0
}
