package fibersession

import (
	"bufio"
	"errors"
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v3"

	fasthttpsession "github.com/gosessionkit/sessionkit/adapters/internal/fasthttp"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/session"
)

// ErrRoutesBefore: Install was called after a route was added or an app mounted,
// which Fiber would run without the session.
var ErrRoutesBefore = errors.New("fibersession: Install must come before the first route: move it up, right behind fiber.New()")

// Option changes what Middleware and Install do.
type Option func(*options)

type options struct{ onError fiber.ErrorHandler }

// WithErrorHandler has h answer the requests whose session could not be saved,
// instead of the app's ErrorHandler. Nothing has been written yet, and headers
// that describe the handler's body are gone. The error is the one that the app's
// would get; where h returns one itself, the answer is a bare 500.
func WithErrorHandler(h fiber.ErrorHandler) Option {
	return func(o *options) { o.onError = h }
}

// Middleware gives every request its session, read when a handler first asks
// for it and saved before the answer's headers leave: those of an error that
// the handler returned too. A request that never asks costs no store call.
// When the session cannot be saved the answer is an error and nothing of
// what the handler wrote. After a panic that comes as far as here nothing is
// saved, so Fiber's recover belongs outside.
//
// An error that a handler returns, or that saving ends with, is answered here,
// by the app's ErrorHandler, so that the handler may change the session:
// middleware outside this one sees the answer and not the error. Errors of the
// kit hold a *fiber.Error with the status that suits them and its standard text,
// which is all that Fiber's own ErrorHandler shows, and themselves, for
// [errors.Is]; others stay as they are.
//
// Fiber's timeout inside answers while the handler goes on. What that one has
// changed until then is saved.
func Middleware(sessions *session.Manager, opts ...Option) fiber.Handler {
	sessions.Diagnostics().SetFramework("fiberv3")
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	return func(c fiber.Ctx) error {
		v, rc := &fasthttpsession.Visit{}, c.RequestCtx()
		if !v.Begin(c.Context(), sessions, rc) {
			return c.Next()
		}
		c.SetContext(&v.Exchange)
		var late error
		v.Run(func() {
			switch err := c.Next(); {
			case err != nil && early(c, v) == nil:
				fasthttpsession.DropStream(rc)
				answer(c, nil, translate(c, err))
			default:
				late = err
			}
		})
		out, err := v.Commit()
		switch sent := early(c, v); {
		case sent != nil && err != nil:
			fasthttpsession.Drop(sent, out)
			_, text := fasthttpsession.Failure(v, sent, "a handler that was timed out", "", err)
			sent.SetBodyString(text)
		case sent != nil:
			fasthttpsession.Apply(sent, out)
		case err != nil:
			fasthttpsession.Drop(&rc.Response, out)
			answer(c, o.onError, failure(c, err))
		case out != (session.Outgoing{}): // somebody asked for the session
			if fasthttpsession.KeptByCache(&rc.Response) {
				sessions.Diagnostics().ReportKeptByCache(route(c))
			}
			fasthttpsession.Apply(&rc.Response, out)
			fasthttpsession.BeginStream(rc)
		}
		return late
	}
}

// Get returns the request's session; see [session.From] for its errors. Behind a
// c.SetContext that lost what was there the context has its session again.
func Get(c fiber.Ctx) (*session.Session, error) {
	s, kept, err := fasthttpsession.Session(c.Context(), c.RequestCtx())
	switch {
	case kept != nil:
		c.SetContext(kept)
	case err == session.ErrNoMiddleware:
		diagnose.ReportMissingMiddleware(route(c))
	}
	return s, err
}

func route(c fiber.Ctx) string {
	route := c.Route()
	if slices.ContainsFunc(c.App().GetRoutes(true), func(r fiber.Route) bool { return r.Method == route.Method && r.Path == route.Path }) {
		return c.Method() + " " + route.Path
	}
	return diagnose.BeforeRoute
}

// Stream answers with what write writes, piece by piece: w.Flush sends what
// is there. It runs after every handler and middleware has returned, and the
// session's cookie has been set. The session stays usable in it, c does not;
// what it changes is saved at the end, provided that the browser has the
// session's cookie by then. After a panic, which the log shows and the process
// survives, nothing more is saved. A handler returns right after Stream.
func Stream(c fiber.Ctx, write func(w *bufio.Writer, s *session.Session)) error {
	s, err := Get(c)
	if err == nil {
		fasthttpsession.KeepStream(c.RequestCtx(), s, write)
	}
	return err
}

// NoCache is for Next in the configuration of Fiber's middleware cache, which
// would keep pages of one visitor. It reports whether the request has asked for its
// session, so that the answer, and with StoreResponseHeaders the session's cookie,
// is one visitor's.
func NoCache(c fiber.Ctx) bool { return fasthttpsession.Asked(c.RequestCtx()) }

// Install puts the session middleware on app and mounts the debug endpoints
// behind it. The error is ErrRoutesBefore when app has routes or a mounted app
// already.
func Install(app *fiber.App, sessions *session.Manager, debug http.Handler, opts ...Option) error {
	sessions.Diagnostics().SetFramework("fiberv3")
	mounted := func(r fiber.Route) bool { return len(r.Handlers) == 0 }
	if len(app.GetRoutes(true)) > 0 || slices.ContainsFunc(app.GetRoutes(), mounted) {
		return ErrRoutesBefore
	}
	app.Use(Middleware(sessions, opts...))
	MountDebug(app, debug)
	return nil
}
