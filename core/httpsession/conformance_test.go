package httpsession_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/httpsession"
)

func TestConformance(t *testing.T) {
	adaptertest.Run(t, serve)
}

// serve serves app on a http.ServeMux.
func serve(t testing.TB, app adaptertest.App) string {
	mux := http.NewServeMux()
	for _, route := range app.Routes {
		h := app.Handler(route, httpsession.Get)
		if route.RequireUser {
			h = httpsession.RequireUser(app.Denied(route, httpsession.Get))(h)
		}
		for _, sessions := range slices.Backward(app.Inner) {
			h = httpsession.Middleware(sessions)(h)
		}
		mux.Handle(route.Method+" "+route.Path, h)
	}
	if app.Sessions == nil {
		return app.Serve(t, mux)
	}
	return app.Serve(t, httpsession.Install(mux, app.Sessions, app.Debug))
}
