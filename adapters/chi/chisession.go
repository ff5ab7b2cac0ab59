// Package chisession puts sessions into chi apps.
//
//	r := chi.NewRouter()
//	err := chisession.Install(r, sessions, debugHandler) // before the first route
//	r.Get("/", home)
//
//	func home(w http.ResponseWriter, r *http.Request) {
//		s, err := chisession.Get(r)
//		...
//	}
package chisession

import (
	"errors"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// ErrRoutesBefore: Install was called after a route was added, which chi
// would run without the session.
var ErrRoutesBefore = errors.New("chisession: Install must come before the first route: move it up, right behind chi.NewRouter()")

// Option changes what Middleware and Install do.
type Option = httpsession.Option

// WithErrorHandler has h answer the requests whose session could not be
// saved, instead of [httpsession.Error].
func WithErrorHandler(h httpsession.ErrorHandler) Option {
	return httpsession.WithErrorHandler(h)
}

// Middleware gives every request its session; see [httpsession.Middleware].
func Middleware(sessions *session.Manager, opts ...Option) func(http.Handler) http.Handler {
	mw := httpsession.Middleware(sessions, opts...)
	sessions.SetFramework("chi")
	return mw
}

// Get returns the request's session; see [session.From] for its errors.
func Get(r *http.Request) (*session.Session, error) {
	return httpsession.Get(r)
}

// RequireUser lets a request pass when somebody is logged in. Otherwise
// denied answers, or, when it is nil, a bare 401. It belongs inside
// [Middleware]: r.With(chisession.RequireUser(nil)).Get("/private", h).
func RequireUser(denied http.Handler) func(http.Handler) http.Handler {
	return httpsession.RequireUser(denied)
}

// MountDebug mounts the debug endpoints below /debug/, beside the app's own
// routes there. A nil handler mounts nothing: the paths are unknown ones like
// any other.
func MountDebug(r chi.Router, debug http.Handler) {
	switch {
	case debug == nil:
	case len(r.Routes()) > 0: // too late for a middleware
		r.Handle("/debug", debug)
		r.Handle("/debug/*", debug)
	default:
		r.Use(beside(r, debug))
	}
}

// beside answers below /debug/ where the app has no route of its own, such as
// those of r.Mount("/debug", middleware.Profiler()), which chi refuses next to
// a route of ours.
func beside(routes chi.Routes, debug http.Handler) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			path := r.URL.Path
			if sub := chi.RouteContext(r.Context()); sub != nil && sub.RoutePath != "" {
				path = sub.RoutePath // routes is mounted somewhere
			}
			if (path == "/debug" || strings.HasPrefix(path, "/debug/")) && !routes.Match(chi.NewRouteContext(), r.Method, path) {
				debug.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Install puts the session middleware on r and mounts the debug endpoints
// behind it. The error is ErrRoutesBefore when r has routes already.
func Install(r chi.Router, sessions *session.Manager, debug http.Handler, opts ...Option) error {
	sessions.SetFramework("chi")
	if len(r.Routes()) > 0 {
		return ErrRoutesBefore
	}
	r.Use(Middleware(sessions, opts...))
	MountDebug(r, debug)
	return nil
}
