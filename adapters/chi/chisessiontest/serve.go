// Package chisessiontest serves the apps of package adaptertest with the chi
// adapter, for its own tests and those that bring adapters and stores together.
package chisessiontest

import (
	"net/http"
	"testing"

	"github.com/go-chi/chi/v5"

	chisession "github.com/gosessionkit/sessionkit/adapters/chi"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
)

// Serve serves app on a chi router.
func Serve(t testing.TB, app adaptertest.App) string {
	r := chi.NewRouter()
	if app.Sessions != nil {
		if err := chisession.Install(r, app.Sessions, app.Debug); err != nil {
			t.Fatal(err)
		}
	}
	for _, route := range app.Routes {
		stack := []func(http.Handler) http.Handler{app.LosingContext} // behind the routing, which chi keeps in the context
		for _, sessions := range app.Inner {
			stack = append(stack, chisession.Middleware(sessions))
		}
		if route.RequireUser {
			stack = append(stack, chisession.RequireUser(app.Denied(route, chisession.Get)))
		}
		if route.RequireFresh != 0 {
			stack = append(stack, chisession.RequireFresh(route.RequireFresh, app.Denied(route, chisession.Get)))
		}
		r.With(stack...).Method(route.Method, route.Path, app.Handler(route, chisession.Get))
	}
	if app.CatchAll != nil {
		r.Handle("/*", app.CatchAllHandler(chisession.Get))
		r.Handle("/{a}/{b}", app.CatchAllHandler(chisession.Get))
	}
	if app.Prefix != "" {
		whole := chi.NewRouter()
		whole.Mount(app.Prefix, r)
		r = whole
	}
	return app.Serve(t, r)
}
