// Package ginsession puts sessions into Gin apps.
//
//	r := gin.Default()
//	err := ginsession.Install(r, sessions, debug.New(sessions)) // before the first route
//	r.GET("/", ginsession.Handler(home))
//	r.GET("/account", ginsession.RequireUser(nil), account)
//
//	func home(c *gin.Context) error {
//		s, err := ginsession.Get(c)
//		if err != nil {
//			return err // answered with its status, see session.HTTPStatus
//		}
//		...
//	}
//
// A plain gin.HandlerFunc answers errors with [Error]. Package auth takes
// c.Request.Context(), or c itself where Engine.ContextWithFallback is set. A
// c.Copy() for work in the background has the session too.
package ginsession
