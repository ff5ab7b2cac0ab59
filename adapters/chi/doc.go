// Package chisession puts sessions into chi apps.
//
//	r := chi.NewRouter()
//	err := chisession.Install(r, sessions, debug.New(sessions)) // before the first route
//	r.Get("/", chisession.HandlerFunc(home).ServeHTTP)
//	r.With(chisession.RequireUser(nil)).Get("/account", account)
//
//	func home(w http.ResponseWriter, r *http.Request) error {
//		s, err := chisession.Get(r)
//		if err != nil {
//			return err // answered with its status, see session.HTTPStatus
//		}
//		...
//	}
//
// A plain http.HandlerFunc answers errors with httpsession.Error.
package chisession
