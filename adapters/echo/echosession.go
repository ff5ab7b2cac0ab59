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
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
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
			res := c.Response()
			below := res.Writer
			w, r, ours := httpsession.Begin(sessions, below, c.Request(), o.onError)
			if ours == nil { // applied twice: the outer one does the work
				return next(c)
			}
			ours.Status = &res.Status
			res.Writer = w
			c.SetRequest(r)
			returned := false
			defer func() {
				if !returned { // a panic: what Echo answers to it saves nothing
					res.Writer = below
				}
			}()
			err := next(c)
			returned = true
			if err != nil && !res.Committed && !ours.Committed() {
				commitLater(res, ours)
				return translate(c, err)
			}
			if ours.Commit() != nil {
				res.Committed = true
			} else {
				ours.Exchange().Finish() // its error is in the log, and the answer is gone
			}
			return err
		}
	}
}

// commitLater has the session saved when Echo answers an error, after all
// middleware has returned. Another one (Gzip) may have put its own writer back
// by then.
func commitLater(res *echo.Response, ours *httpsession.Writer) {
	res.Before(func() {
		if !ours.Committed() {
			res.Writer, ours = ours.Again(res.Writer)
			ours.Commit()
		}
	})
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
	s, err := session.From(c.Request().Context())
	if err != session.ErrNoMiddleware {
		return s, err
	}
	// Behind a c.SetRequest that lost the request's context.
	if x := httpsession.ExchangeOf(c.Response().Writer); x != nil {
		return x.Session(c.Request().Context())
	}
	where := session.BeforeRoute
	if c.Path() != "" {
		where = c.Request().Method + " " + c.Path()
	}
	session.Misplaced(where)
	return nil, err
}

// RequireUser lets a request pass when somebody is logged in. Otherwise
// denied answers, or, when it is nil, a bare 401. It belongs inside
// [Middleware].
func RequireUser(denied echo.HandlerFunc) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			s, err := Get(c)
			if err == nil {
				err = auth.Allows(s)
			}
			switch {
			case err == nil:
				return next(c)
			case denied != nil && auth.IsDenied(err):
				return denied(c)
			default:
				return translate(c, err)
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
