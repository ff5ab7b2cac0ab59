package adaptertest_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// middleware is the adapter for a router that is built on net/http. One whose
// middleware has another signature calls next in its own way, and puts the writer
// and the request where its handlers find them.
func middleware(sessions *session.Manager) func(next http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w, r, ours := httpsession.Begin(sessions, w, r, nil)
			if ours == nil { // it is there twice: the outer one does the work
				next.ServeHTTP(w, r)
				return
			}
			ours.Exchange().Run(func() { next.ServeHTTP(w, r) })
			if ours.Commit() == nil {
				ours.Exchange().Finish() // what was changed behind a flush
			}
		})
	}
}

// serve builds the app of a case in the framework: here http.ServeMux.
func serve(t testing.TB, app adaptertest.App) (baseURL string) {
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
			h = middleware(sessions)(h)
		}
		mux.Handle(route.Method+" "+route.Path, app.LosingContext(h))
	}
	if app.CatchAll != nil {
		mux.Handle("/", app.CatchAllHandler(httpsession.Get))
		mux.Handle("/{a}/{b}", app.CatchAllHandler(httpsession.Get))
	}
	var h http.Handler = mux
	if app.Sessions != nil {
		h = middleware(app.Sessions)(httpsession.MountDebug(mux, app.Debug))
	}
	return app.Serve(t, http.StripPrefix(app.Prefix, h))
}

// An adapter of one's own is a middleware, and a test that serves the apps of the
// suite with it.
func ExampleRun() {
	var t *testing.T // of func TestAdapter(t *testing.T)

	adaptertest.Run(t, serve)
}
