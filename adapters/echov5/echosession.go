package echosession

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v5"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Option changes what Middleware and Install do.
type Option func(*options)

type options struct{ onError httpsession.ErrorHandler }

// WithErrorHandler has h answer the requests whose session could not be
// saved, instead of Echo's HTTPErrorHandler.
func WithErrorHandler(h httpsession.ErrorHandler) Option {
	return func(o *options) { o.onError = h }
}

// Middleware gives every request its session, read when a handler first asks
// for it and saved before the answer's headers leave: those that Echo's error
// handler writes later too. A request that never asks costs no store call.
// When the session cannot be saved the answer is an error, of Echo's
// HTTPErrorHandler, and nothing of what the handler wrote; middleware outside
// hears of no error then, for it has been answered. After a panic that comes as
// far as here nothing is saved, so Echo's Recover belongs outside.
//
// Errors of the kit that a handler returns become an *echo.HTTPError with
// the status that suits them and the error itself behind it; others stay as
// they are, and so do those that have a status for Echo already
// ([echo.HTTPStatusCoder]).
func Middleware(sessions *session.Manager, opts ...Option) echo.MiddlewareFunc {
	sessions.Diagnostics().SetFramework("echov5")
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	fail := o.fail
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) (err error) {
			res, hidden := response(c)
			own, under := c.Response(), res.ResponseWriter
			w, r, ours := httpsession.Begin(sessions, under, c.Request(), fail)
			if ours == nil { // applied twice: the outer one does the work
				return next(c)
			}
			ours.Context = c
			res.ResponseWriter = w
			c.SetRequest(r)
			returned := false
			defer func() {
				if !returned { // a panic: what Echo answers to it saves nothing
					res.ResponseWriter = under
				}
			}()
			ours.Exchange().Run(func() { err = translate(c, next(c)) })
			returned = true
			if err != nil && c.Response() != own {
				c.SetResponse(own) // WrapMiddleware inside leaves one behind whose writer has returned
			}
			if err != nil && !res.Committed && !ours.Committed() && !hidden {
				if last, hidden := outermost(res); !hidden {
					commitLater(last, ours)
					return err
				}
			}
			if ours.Commit() != nil {
				return nil // it is answered
			}
			ours.Exchange().Finish() // its error is in the log, and the answer is gone
			return err
		}
	}
}

func route(c *echo.Context) string {
	if c.Path() == "" {
		return diagnose.BeforeRoute
	}
	return c.Request().Method + " " + c.Path()
}

// Get returns the request's session; see [session.From] for its errors.
func Get(c *echo.Context) (*session.Session, error) {
	r := c.Request()
	s, err := session.From(r.Context())
	if err != session.ErrNoMiddleware {
		return s, err
	}
	// Behind a c.SetRequest that lost the request's context: from here on it has
	// its session again.
	if x := httpsession.ExchangeOf(c.Response()); x != nil {
		ctx := context.WithValue(r.Context(), session.ContextKey, x)
		c.SetRequest(r.WithContext(ctx))
		return x.Session(ctx)
	}
	diagnose.ReportMissingMiddleware(route(c))
	return nil, err
}

// Router is an [echo.Echo] or an [echo.Group].
type Router interface {
	Use(middleware ...echo.MiddlewareFunc)
	AddRoute(route echo.Route) (echo.RouteInfo, error)
}

// MountDebug mounts the debug endpoints at /debug and below it, with and without
// a slash at the end, in a group below the group's prefix. Routes of the app's
// own that name something below it (/debug/pprof/*) go before them, and so does
// middleware that came before; what comes behind, such as a protection against CSRF,
// does not keep an operator out. In a group they are routes, and the error is that of
// the app's router or OnAddRoute, should one refuse them. A nil handler mounts
// nothing: the paths are unknown ones like any other.
func MountDebug(e Router, debug http.Handler) error {
	if debug == nil {
		return nil
	}
	if app, ok := e.(*echo.Echo); ok {
		app.Use(serveDebug(debug))
		return nil
	}
	for path, at := range map[string]string{"/debug": "/debug", "/debug/*": "/debug/"} {
		_, err := e.AddRoute(echo.Route{Method: echo.RouteAny, Path: path, Handler: func(c *echo.Context) error {
			httpsession.ServeDebug(c.Response(), c.Request(), debug, at+c.Param("*"))
			return nil
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

func serveDebug(debug http.Handler) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			path := c.Request().URL.Path
			if !httpsession.IsDebugPath(path) || httpsession.NamesDebug(c.Path()) {
				return next(c)
			}
			httpsession.ServeDebug(c.Response(), c.Request(), debug, path)
			return nil
		}
	}
}

// Install puts the session middleware on e and mounts the debug endpoints
// behind it. Routes of an [echo.Echo] may be added before or after, those of an
// [echo.Group] after. An HTTPErrorHandler of the app's own is set before: Install
// puts itself in front of it, for middleware that has errors answered within the
// session, as RequestLogger does. The error is that of [MountDebug].
func Install(e Router, sessions *session.Manager, debug http.Handler, opts ...Option) error {
	if app, ok := e.(*echo.Echo); ok {
		app.HTTPErrorHandler = translating(app.HTTPErrorHandler)
	}
	e.Use(Middleware(sessions, opts...))
	return MountDebug(e, debug)
}
