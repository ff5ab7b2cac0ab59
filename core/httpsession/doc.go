// Package httpsession puts sessions into net/http apps: http.ServeMux as it
// is, and any router that takes func(http.Handler) http.Handler middleware.
//
//	mux := http.NewServeMux()
//	mux.Handle("GET /", httpsession.HandlerFunc(home))
//	http.ListenAndServe(addr, httpsession.Install(mux, sessions, debug.New(sessions)))
//
//	func home(w http.ResponseWriter, r *http.Request) error {
//		s, err := httpsession.Get(r)
//		if err != nil {
//			return err // answered with its status, see session.HTTPStatus
//		}
//		...
//	}
//
// [Install] mounts the debug endpoints too, or none where the handler is nil. A
// router of another kind takes [Middleware]. [RequireUser] is for routes that
// only users may see. A plain http.HandlerFunc answers errors with [Error].
//
// Adapters for routers that are built on net/http use [Begin]; [ServeDebug],
// [Hijack], [DropContent] and [Incoming] are for them as well.
package httpsession
