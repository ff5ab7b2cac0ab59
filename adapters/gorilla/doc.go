// Package gorilla is a store for gorilla/sessions on sessionkit, for apps that use
// gorilla/sessions by itself, labstack/echo-contrib/session or goth's gothic. The
// app's handlers stay as they are:
//
//	var store = gorilla.NewStore([]byte(os.Getenv("SESSION_KEY"))) // was sessions.NewCookieStore
//
//	func home(w http.ResponseWriter, r *http.Request) {
//		s, err := store.Get(r, "app")
//		s.Values["color"] = "red"
//		err = s.Save(r, w)
//	}
//
// Sessions are in the kit's store, which the environment names (REDIS_URL,
// SESSION_DIR; files by default), and the cookie holds a random id. So a logout
// ends the session on every worker, two requests at a time keep each other's
// changes, key by key, and a session that has ended is not brought back by a slow
// request: its Save answers [session.ErrGone]. Whoever has a cookie of the store
// that the app had before keeps the session.
//
// The store is opened by its first request and not before, so that it may be a
// package-level variable. When it cannot be opened or does not answer, Get returns
// the error beside an empty session, whose Save answers the error again: an outage
// makes no sessions.
//
// gorilla/sessions has no way to give a session a new id, as a login should. Save
// does it when a value changes that says who somebody is: see [Store.RenewOn].
package gorilla
