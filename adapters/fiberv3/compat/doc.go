// Package session is sessionkit with the method set of Fiber v3's session
// middleware, for apps that use it: they change the import path.
//
//	import "github.com/gosessionkit/sessionkit/adapters/fiberv3/compat" // was github.com/gofiber/fiber/v3/middleware/session
//
//	app.Use(session.New())
//	app.Get("/", func(c fiber.Ctx) error {
//		session.FromContext(c).Set("color", "red")
//		return c.SendString("kept")
//	})
//
// Sessions are in the kit's store, which the environment names (REDIS_URL,
// SESSION_DIR; files by default), or on the client of the app's Storage where that
// is gofiber/storage/redis. Whoever has a cookie of a session in that Storage keeps
// the session. The store is opened by its first request.
//
// The middleware reads the session before the handlers, and saves it behind them:
// where saving fails the answer is an error, and nothing of what they wrote. What
// the package does better, and what is different, is in docs/moving.md.
//
// For Fiber's csrf, limiter and cache there is [Store.NewStorage].
package session
