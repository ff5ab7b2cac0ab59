package chisession

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// ErrRoutesBefore: Install was called after a route was added, which chi
// would run without the session.
var ErrRoutesBefore = errors.New("chisession: Install must come before the first route: move it up, right behind chi.NewRouter()")

// Option changes what Middleware and Install do.
type Option = httpsession.Option

// HandlerFunc is a handler that returns an error; see [httpsession.HandlerFunc].
//
//	r.Get("/cart", chisession.HandlerFunc(cart).ServeHTTP)
type HandlerFunc = httpsession.HandlerFunc

// WithErrorHandler has h answer the requests whose session could not be
// saved, and the errors that a [HandlerFunc] returns, instead of
// [httpsession.Error].
func WithErrorHandler(h httpsession.ErrorHandler) Option {
	return httpsession.WithErrorHandler(h)
}

// Middleware gives every request its session; see [httpsession.Middleware].
func Middleware(sessions *session.Manager, opts ...Option) func(http.Handler) http.Handler {
	mw := httpsession.Middleware(sessions, opts...)
	sessions.Diagnostics().SetFramework("chi")
	sessions.Diagnostics().SetRoute(pattern)
	return mw
}

// pattern is that of the route; before 5.3 chi did not set http.Request.Pattern.
func pattern(ctx context.Context) string {
	if at := chi.RouteContext(ctx); at != nil {
		return at.RoutePattern()
	}
	return ""
}

// Get returns the request's session; see [session.From] for its errors.
func Get(r *http.Request) (*session.Session, error) {
	return httpsession.Get(r)
}

// RequireUser lets a request pass when somebody is logged in. Otherwise
// denied answers, or, when it is nil, a bare 401, which has the header
// WWW-Authenticate where bearer tokens count ([session.Exchange.Challenge]). It belongs inside
// [Middleware] and what answers CORS preflights:
// r.With(chisession.RequireUser(nil)).Get("/private", h).
func RequireUser(denied http.Handler) func(http.Handler) http.Handler {
	return httpsession.RequireUser(denied)
}

// RequireFresh lets a request pass when who is logged in has proved less than maxAge
// ago who he is, by a login or by auth.Confirm: see [httpsession.RequireFresh]. Otherwise,
// and when nobody is logged in, denied answers, with a page that asks for the password,
// or, when it is nil, a bare 401, which has the challenge of RFC 9470 where bearer
// tokens count. It belongs where RequireUser does, and may stand behind it.
func RequireFresh(maxAge time.Duration, denied http.Handler) func(http.Handler) http.Handler {
	return httpsession.RequireFresh(maxAge, denied)
}

// MountDebug mounts the debug endpoints at /debug and below it, with and without
// a slash at the end, also in a router that is mounted somewhere. What the app's
// own patterns name below it, such as those of r.Mount("/debug",
// middleware.Profiler()), goes on as before; its catch-alls do not count. A nil
// handler mounts nothing: the paths are unknown ones like any other. In an
// r.Group call it after the group's first route.
func MountDebug(r chi.Router, debug http.Handler) {
	switch {
	case debug == nil:
	case len(r.Routes()) > 0: // too late for a middleware
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			httpsession.ServeDebug(w, r, debug, pathWithin(r))
		})
		r.Handle("/debug", h)
		r.Handle("/debug/*", h)
	default:
		r.Use(beside(r, debug))
	}
}

// beside is a middleware, for chi refuses a route next to those of a router
// that is mounted on /debug.
func beside(routes chi.Routes, debug http.Handler) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if path := pathWithin(r); httpsession.IsDebugPath(path) && !names(routes, path) {
				httpsession.ServeDebug(w, r, debug, path)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// pathWithin is the request's path as the router sees it that it has reached.
func pathWithin(r *http.Request) string {
	if route := chi.RouteContext(r.Context()); route != nil && route.RoutePath != "" {
		return route.RoutePath
	}
	return r.URL.Path
}

// names reports whether the app has a pattern, with whatever method, that names
// the path.
func names(routes chi.Routes, path string) bool {
	return slices.ContainsFunc([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, func(method string) bool {
		at := chi.NewRouteContext()
		return routes.Match(at, method, path) && httpsession.NamesDebug(at.RoutePattern())
	})
}

// Install puts the session middleware on r and mounts the debug endpoints behind
// it. r may be a part of a larger router: one that is mounted, or that of an r.Group
// or r.Route, whose own routes have the session then; in a group it may come behind
// routes of the router around it. The error is ErrRoutesBefore when chi refuses a
// middleware since r has routes already.
func Install(r chi.Router, sessions *session.Manager, debug http.Handler, opts ...Option) error {
	if err := use(r, Middleware(sessions, opts...)); err != nil {
		return err
	}
	MountDebug(r, debug)
	return nil
}

// use is r.Use, which panics where it comes too late.
func use(r chi.Router, mw func(http.Handler) http.Handler) (err error) {
	defer func() {
		if recover() != nil {
			err = ErrRoutesBefore
		}
	}()
	r.Use(mw)
	return nil
}
