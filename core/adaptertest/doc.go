// Package adaptertest reports whether a framework's adapter treats sessions as
// it should, over real connections. An adapter opts in with a function that
// serves an [App] in its framework:
//
//	func TestAdapter(t *testing.T) {
//		adaptertest.Run(t, func(t testing.TB, app adaptertest.App) string {
//			mux := http.NewServeMux()
//			for _, route := range app.Routes {
//				mux.Handle(route.Method+" "+route.Path, app.Handler(route, mysession.Get))
//			}
//			return app.Serve(t, mysession.Middleware(app.Sessions)(mux))
//		})
//	}
//
// and puts RequireUser, App.Inner and App.Debug in where they belong; the test
// of package httpsession is the shortest whole example. A framework that is
// not built on net/http hands each route an [Exchange] of its own, about fifty
// lines: see the test of fibersession.
//
// Every case has a server, a manager and a store of its own. Cases run in
// parallel; Run returns when all are through. What a framework cannot do at
// all is skipped and says so. Numbers in the cases' names are those of
// docs/behaviours.md.
package adaptertest
