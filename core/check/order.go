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
			HowToSee: "The message names the route, where one was chosen already; look at the order of the calls of `Use` and `Install`. " +
				"Where `RequireUser` comes first it answers `/debug/` with 500 too: then the finding is in the log, in the 500 outside production, and in production in the one that whoever sends the debug token gets.",
		},
		find: middlewareOrder,
	}, {
		Rule: Rule{
			ID:       "context-replaced",
			Severity: Error,
			Title:    "the request's context was replaced by one without the session",
			Description: "The session middleware had run, and something between it and the one who asked gave the request a context that does not come from the request's own. " +
				"The session travels in the context, as do deadlines, traces and what other middleware puts there, so all of it was lost. The one who asked got an error, or the page was a 500. " +
				"Fiber's, Echo's and Gin's `Get` and `RequireUser` find the session all the same; package `auth` goes by the context it is given.",
			HowToSee: "The message names the route; look at the middleware and at the helpers that are called on the way there for `WithContext`, `SetRequest`, `SetUserContext` (Fiber v3: `SetContext`) and `context.Background()`. A `*gin.Context` in the place of `c.Request.Context()` is one, too, unless `Engine.ContextWithFallback` is set.",
		},
		find: contextReplaced,
	}}
}

// derivations are how to make a context that keeps what is in the request's, by
// framework.
var derivations = map[string]string{
	"echo":    deriveEcho,
	"echov5":  deriveEcho,
	"fiberv3": "c.SetContext(context.WithValue(c.Context(), key, value)), and give auth c.Context()",
	"fiber":   "c.SetUserContext(context.WithValue(c.UserContext(), key, value)), and give auth c.UserContext()",
	"gin":     "c.Request = r.WithContext(context.WithValue(r.Context(), key, value)), with r := c.Request; and give auth c.Request.Context() and not c, or set Engine.ContextWithFallback",
}

const deriveEcho = "c.SetRequest(r.WithContext(context.WithValue(r.Context(), key, value))), with r := c.Request()"

func contextReplaced(f Facts) (message, fix string, found bool) {
	derive, ok := derivations[f.Self.Framework]
	if !ok {
		derive = "r = r.WithContext(context.WithValue(r.Context(), key, value))"
	}
	return "the session was asked for with a context that had lost it, behind the session middleware: " + strings.Join(f.Observed.ContextReplaced, ", "),
		"derive from the request's own context what takes its place, instead of from context.Background(): " + derive, len(f.Observed.ContextReplaced) > 0
}

// installs are the calls that put everything on in the right order, by
// framework.
var installs = map[string]string{
	"chi":      "chisession.Install(r, sessions, debugHandler) right behind chi.NewRouter(), before r.Use of what needs the session",
	"echo":     installEcho,
	"echov5":   installEcho,
	"fiber":    installFiber,
	"fiberv3":  installFiber,
	"gin":      "ginsession.Install(r, sessions, debugHandler) right behind gin.New() or gin.Default(), before r.Use of what needs the session",
	"net/http": "httpsession.Install(mux, sessions, debugHandler) around everything that needs the session, as the last to wrap the handler",
}

const (
	installEcho  = "echosession.Install(e, sessions, debugHandler) before e.Use of what needs the session"
	installFiber = "fibersession.Install(app, sessions, debugHandler) right behind fiber.New(), before app.Use of what needs the session"
)

func middlewareOrder(f Facts) (message, fix string, found bool) {
	install, ok := installs[f.Self.Framework]
	if !ok {
		install = "Install of chisession, echosession, fibersession, ginsession or httpsession before what needs the session"
	}
	return "the session was asked for before the session middleware had run: " + strings.Join(f.Observed.SessionBeforeSetup, ", "),
		"call " + install, len(f.Observed.SessionBeforeSetup) > 0
}
