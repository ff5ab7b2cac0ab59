// Package httpsessiontest serves the apps of package adaptertest with the net/http
// adapter, for its own tests and those that bring adapters and stores together.
package httpsessiontest

import (
	"net/http"
	"slices"
	"testing"

	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/httpsession"
)

// Serve serves app on a http.ServeMux.
func Serve(t testing.TB, app adaptertest.App) string {
	mux := http.NewServeMux()
	for _, route := range app.Routes {
		h := app.Handler(route, httpsession.Get)
		if route.RequireUser {
			h = httpsession.RequireUser(app.Denied(route, httpsession.Get))(h)
		}
		if route.RequireFresh != 0 {
			h = httpsession.RequireFresh(route.RequireFresh, app.Denied(route, httpsession.Get))(h)
		}
		for _, sessions := range slices.Backward(app.Inner) {
			h = httpsession.Middleware(sessions)(h)
		}
		mux.Handle(route.Method+" "+route.Path, app.LosingContext(h))
	}
	if app.CatchAll != nil {
		mux.Handle("/", app.CatchAllHandler(httpsession.Get))
		mux.Handle("/{a}/{b}", app.CatchAllHandler(httpsession.Get))
	}
	if app.Sessions == nil {
		return app.Serve(t, mux)
	}
	return app.Serve(t, http.StripPrefix(app.Prefix, httpsession.Install(mux, app.Sessions, app.Debug)))
}
