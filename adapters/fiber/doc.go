// Package fibersession puts sessions into Fiber apps.
//
//	app := fiber.New()
//	err := fibersession.Install(app, sessions, debug.New(sessions)) // before the first route
//	app.Get("/", home)
//	app.Get("/account", fibersession.RequireUser(nil), account)
//
//	func home(c *fiber.Ctx) error {
//		s, err := fibersession.Get(c)
//		if err != nil {
//			return err // answered with its status, see session.HTTPStatus
//		}
//		...
//	}
//
// Package auth takes c.UserContext(). Answers that are written piece by piece use
// [Stream]. [SameOrigin] refuses what pages of other sites send, and [NoCache] is
// for Fiber's cache.
package fibersession
