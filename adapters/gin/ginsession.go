package ginsession

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// ErrRoutesBefore: Install was called after a route was added, which Gin would
// run without the session.
var ErrRoutesBefore = errors.New("ginsession: Install must come before the first route: move it up, right behind gin.New() or gin.Default()")

// Option changes what Middleware and Install do.
type Option func(*middleware)

type middleware struct {
	sessions *session.Manager
	onError  ErrorHandler
}

// WithErrorHandler has h answer the requests whose session could not be saved,
// those that [RequireUser] stops with no answer of its own, and the errors that a
// [Handler] returns, instead of [Error].
func WithErrorHandler(h ErrorHandler) Option {
	return func(m *middleware) { m.onError = h }
}

// Middleware gives every request its session, read when a handler first asks
// for it and saved before the answer's headers leave. A request that never asks
// costs no store call. When the session cannot be saved the answer is an error
// and nothing of what the handler wrote, nor of what middleware outside makes of
// c.Errors. After a panic that comes as far as here nothing is saved, so
// gin.Recovery belongs outside, where gin.Default has it.
func Middleware(sessions *session.Manager, opts ...Option) gin.HandlerFunc {
	sessions.Diagnostics().SetFramework("gin")
	m := &middleware{sessions: sessions}
	for _, opt := range opts {
		opt(m)
	}
	fail := m.fail
	return func(c *gin.Context) { m.handle(c, fail) }
}

func (m *middleware) handle(c *gin.Context, fail func(*httpsession.Writer, error)) {
	below := c.Writer
	v := &visit{Context: c.Request.Context(), of: m}
	_, r, ours := httpsession.BeginContext(v, m.sessions, below, c.Request, fail)
	if ours == nil { // applied twice: the outer one does the work
		if outer := visitOf(v.Context, m.sessions); outer != nil {
			outer.again(c)
		} // else httpsession.Middleware is around all of Gin
		return
	}
	ours.Context = c
	v.ours, v.writer = ours, writer{below, ours}
	c.Writer, c.Request = &v.writer, r
	v.run(c, below)
}

func route(c *gin.Context) string {
	if c.FullPath() == "" {
		return diagnose.BeforeRoute
	}
	return c.Request.Method + " " + c.FullPath()
}

// Get returns the request's session; see [session.From] for its errors.
func Get(c *gin.Context) (*session.Session, error) {
	ctx := c.Request.Context()
	s, err := session.From(ctx)
	if err != session.ErrNoMiddleware {
		return s, err
	}
	// Behind a c.Request that lost its context: from here on it has its session
	// again.
	if x := httpsession.ExchangeOf(c.Writer); x != nil {
		ctx = context.WithValue(ctx, session.ContextKey, x)
		c.Request = c.Request.WithContext(ctx)
		return x.Session(ctx)
	}
	diagnose.ReportMissingMiddleware(route(c))
	return nil, err
}

// MountDebug mounts the debug endpoints at /debug and below it, with and without
// a slash at the end, in a group below the group's prefix. Routes of the app's
// own that name something below it (/debug/pprof/*any) go before them; catch-alls
// and Engine.NoRoute do not. A nil handler mounts nothing: the paths are unknown
// ones like any other. In a group the endpoints are routes, and Gin has no
// catch-all (/*any) next to any route: use Engine.NoRoute there.
func MountDebug(r gin.IRouter, debug http.Handler) {
	if debug == nil {
		return
	}
	if app, ok := r.(*gin.Engine); ok {
		app.Use(func(c *gin.Context) {
			if path := c.Request.URL.Path; httpsession.IsDebugPath(path) && !httpsession.NamesDebug(c.FullPath()) {
				serveDebug(c, debug, path)
			}
		})
		return
	}
	for _, pattern := range []string{"/debug", "/debug/:page", "/debug/:page/:part"} {
		for _, pattern := range []string{pattern, pattern + "/"} {
			r.Any(pattern, func(c *gin.Context) { serveDebug(c, debug, tail(c.Request.URL.Path, strings.Count(pattern, "/"))) })
		}
	}
}

func serveDebug(c *gin.Context, debug http.Handler, path string) {
	c.Abort()
	c.Status(http.StatusOK) // where there is no route Gin has noted 404
	httpsession.ServeDebug(c.Writer, c.Request, debug, path)
}

// tail is what has n slashes in it at the end of a path.
func tail(path string, n int) string {
	parts := strings.Split(path, "/")
	return "/" + strings.Join(parts[len(parts)-n:], "/")
}

// Install puts the session middleware on r and mounts the debug endpoints behind
// it. r is a [gin.Engine] or a part of one, [gin.RouterGroup], whose routes from
// there on have the session. The error is ErrRoutesBefore when an Engine has
// routes already; where those are meant to have no session, use [Middleware] and
// [MountDebug].
func Install(r gin.IRouter, sessions *session.Manager, debug http.Handler, opts ...Option) error {
	sessions.Diagnostics().SetFramework("gin")
	if app, ok := r.(*gin.Engine); ok && len(app.Routes()) > 0 {
		return ErrRoutesBefore
	}
	r.Use(Middleware(sessions, opts...))
	MountDebug(r, debug)
	return nil
}
