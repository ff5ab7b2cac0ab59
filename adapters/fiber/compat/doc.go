// Package session is sessionkit with the method set of Fiber v2's session
// middleware, for apps that use it: they change the import path.
//
//	import "github.com/gosessionkit/sessionkit/adapters/fiber/compat" // was github.com/gofiber/fiber/v2/middleware/session
//
//	store := session.New()
//	app.Get("/", func(c *fiber.Ctx) error {
//		sess, err := store.Get(c)
//		if err != nil {
//			return err
//		}
//		sess.Set("color", "red")
//		return sess.Save()
//	})
//
// Sessions are in the kit's store, which the environment names (REDIS_URL,
// SESSION_DIR; files by default), or on the client of the app's Storage where that
// is gofiber/storage/redis. Whoever has a cookie of a session in that Storage keeps
// the session. The store is opened by its first request.
//
// All Gets of a request lead to one session, and a session may be used after Save.
// What it does better, and what is different, is in docs/moving.md.
//
// For Fiber's csrf, limiter and cache there is [Store.NewStorage].
package session
