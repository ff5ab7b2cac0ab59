// Package fibersession puts sessions into apps on Fiber v3. Its elder in
// adapters/fiber has the same names for Fiber v2.
//
//	app := fiber.New()
//	err := fibersession.Install(app, sessions, debug.New(sessions)) // before the first route
//	app.Get("/", home)
//	app.Get("/account", fibersession.RequireUser(nil), account)
//
//	func home(c fiber.Ctx) error {
//		s, err := fibersession.Get(c)
//		if err != nil {
//			return err // answered with its status, see session.HTTPStatus
//		}
//		...
//	}
//
// Package auth takes c.Context(); c itself does too, until the handler returns.
// Answers that are written piece by piece use [Stream]. [SameOrigin] refuses what
// pages of other sites send, and [NoCache] is for Fiber's cache.
//
// c.End sends the answer at once, without the session's cookie, and c.Drop sends
// none: a handler that calls one of them changes no session.
package fibersession
