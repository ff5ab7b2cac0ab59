// Package echosession puts sessions into Echo apps.
//
//	e := echo.New()
//	err := echosession.Install(e, sessions, debugHandler)
//	e.GET("/", home)
//
//	func home(c echo.Context) error {
//		s, err := echosession.Get(c)
//		...
//	}
package echosession

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

const (
	// contextKey is where echo.Context keeps the exchange, beside the request's
	// context, so that a later c.SetRequest does not lose it.
	contextKey = "sessionkit"
	// earlyKey marks a request that asked for its session too early.
	earlyKey = "sessionkit-early"
)

// Option changes what Middleware and Install do.
type Option func(*options)

type options struct{ onError httpsession.ErrorHandler }

// WithErrorHandler has h answer the requests whose session could not be
// saved, instead of [httpsession.Error].
func WithErrorHandler(h httpsession.ErrorHandler) Option {
	return func(o *options) { o.onError = h }
}

// Middleware gives every request its session, read when a handler first asks
// for it and saved before the answer's headers leave: those that Echo's error
// handler writes later too. A request that never asks costs no store call.
// When the session cannot be saved the answer is an error and nothing of
// what the handler wrote. After a panic that comes as far as here nothing is
// saved, so Echo's Recover belongs outside.
//
// Errors of the kit that a handler returns become an *echo.HTTPError with
// the status that suits them.
func Middleware(sessions *session.Manager, opts ...Option) echo.MiddlewareFunc {
	sessions.SetFramework("echo")
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			ctx, x, opened := sessions.Open(r.Context(), httpsession.Incoming(r))
			if !opened { // applied twice: the outer one does the work
				return next(c)
			}
			if c.Get(earlyKey) != nil {
				sessions.ObserveDisorder(route(c))
			}
			r = r.WithContext(ctx)
			c.SetRequest(r)
			c.Set(contextKey, x)
			res, below := c.Response(), c.Response().Writer
			answer := func(rw http.ResponseWriter, r *http.Request, err error) {
				res.Status = session.HTTPStatus(err)
				o.answer(rw, r, err)
			}
			var w *httpsession.Writer
			res.Writer, w = httpsession.Wrap(below, r, x, answer)
			returned := false
			defer func() {
				if !returned { // a panic: what Echo answers to it saves nothing
					res.Writer = below
				}
			}()
			err := next(c)
			returned = true
			if err != nil && !res.Committed && !w.Committed() {
				// Echo answers after all middleware has returned. Another
				// middleware (Gzip) may have put its own writer back by then.
				res.Before(func() {
					if !w.Committed() {
						w.Pass()
						res.Writer, w = httpsession.Wrap(res.Writer, r, x, answer)
						w.Commit()
					}
				})
				return translate(c, err)
			}
			if w.Commit() != nil {
				res.Committed = true
			} else {
				x.Finish() // its error is in the log, and the answer is gone
			}
			return err
		}
	}
}

func (o options) answer(w http.ResponseWriter, r *http.Request, err error) {
	if o.onError != nil {
		o.onError(w, r, err)
		return
	}
	httpsession.Error(w, r, err)
}

// translate leaves alone what the app has made an *echo.HTTPError itself.
func translate(c echo.Context, err error) error {
	var own *echo.HTTPError
	if errors.As(err, &own) || !session.IsOurs(err) {
		return err
	}
	status := session.HTTPStatus(err)
	if status == http.StatusServiceUnavailable {
		c.Response().Header().Set(echo.HeaderRetryAfter, "1")
	}
	return echo.NewHTTPError(status).SetInternal(err)
}

// Get returns the request's session; see [session.From] for its errors.
func Get(c echo.Context) (*session.Session, error) {
	ctx := c.Request().Context()
	if x, ok := c.Get(contextKey).(*session.Exchange); ok {
		return x.Session(ctx)
	}
	s, err := session.From(ctx)
	if errors.Is(err, session.ErrNoMiddleware) {
		tooEarly(c)
	}
	return s, err
}

// tooEarly tells the log and, should it still come, the middleware.
func tooEarly(c echo.Context) {
	c.Set(earlyKey, true)
	slog.Error("session: asked for before the session middleware has run", "route", route(c),
		"fix", "put echosession.Install(e, sessions, debug.New(sessions)) before every other e.Use, and leave e.Pre to what needs no session")
}

func route(c echo.Context) string { return c.Request().Method + " " + c.Path() }

// RequireUser lets a request pass when somebody is logged in. Otherwise
// denied answers, or, when it is nil, a bare 401. It belongs inside
// [Middleware].
func RequireUser(denied echo.HandlerFunc) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			s, err := Get(c)
			switch {
			case err == nil && s.User() != "":
				return next(c)
			case err != nil:
				return translate(c, err)
			case denied != nil:
				return denied(c)
			default:
				return translate(c, auth.ErrNotLoggedIn)
			}
		}
	}
}

// MountDebug mounts the debug endpoints below /debug/. A nil handler mounts
// nothing: the paths are unknown ones like any other.
func MountDebug(e *echo.Echo, debug http.Handler) {
	if debug != nil {
		e.Any("/debug", echo.WrapHandler(debug))
		e.Any("/debug/*", echo.WrapHandler(debug))
	}
}

// Install puts the session middleware on e and mounts the debug endpoints
// behind it. Routes may be added before or after. The error is always nil;
// it is there because other routers have one.
func Install(e *echo.Echo, sessions *session.Manager, debug http.Handler, opts ...Option) error {
	e.Use(Middleware(sessions, opts...))
	MountDebug(e, debug)
	return nil
}
