// Package sessiontest helps an app to test its own handlers: a manager that
// keeps sessions in memory, requests of visitors who have done something
// already, and the session behind an answer.
//
//	sessions := sessiontest.NewManager(t)
//	app := newApp(sessions) // the app's own, with the middleware of its router
//
//	req := httptest.NewRequest("POST", "/cart", body)
//	sessiontest.LogIn(t, sessions, req, "ada")
//	rec := httptest.NewRecorder()
//	app.ServeHTTP(rec, req) // Fiber: res, err := app.Test(req)
//
//	s := sessiontest.After(t, sessions, req, rec.Result())
//	cart, err := session.Get[Cart](s, "cart")
//
// It works with every router, for all it does is to add cookies to a request
// and to read those of an answer. Use it in tests alone.
package sessiontest
