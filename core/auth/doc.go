// Package auth answers who is logged in. It holds no passwords and checks
// none: the app does that, then calls [Login].
//
//	func login(w http.ResponseWriter, r *http.Request) error {
//		user, ok := checkPassword(r)
//		if !ok {
//			...
//		}
//		return auth.Login(r.Context(), user.ID)
//	}
//
// From then on [Require] returns the user's id, or an error with the status 401;
// RequireUser of each router's package does the same for a group of routes.
// [RequireFresh] is for what is worth asking for the password again, after which the
// app calls [Confirm].
// [UserLoader] turns the id into the app's own type:
//
//	var users = auth.UserLoader[*User]{Load: func(ctx context.Context, id string) (*User, error) { ... }}
//	user, err := users.Current(r.Context())
//
// [Logout] ends the session. A user sees the sessions on all browsers with
// [Sessions], with what the logins have kept of them ([Label], [IP], [LastUsed]), and
// ends them with [EndSession], [LogoutOthers] and [LogoutEverywhere].
//
// All functions take the request's context, need the session middleware
// around the handler, and are safe for concurrent use. The context is
//
//	r.Context()           // net/http, chi
//	c.Request().Context() // Echo
//	c.Request.Context()   // Gin; not c, unless Engine.ContextWithFallback is set
//	c.UserContext()       // Fiber v2; not c.Context(), which ends when the server is told to stop
//	c.Context()           // Fiber v3
//
// or one that was derived from it.
package auth
