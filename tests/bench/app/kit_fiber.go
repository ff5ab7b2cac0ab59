package app

import (
	"github.com/gofiber/fiber/v2"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiber"
)

func openKitFiber(st Storage) (*App, error) {
	sessions, err := openKit(st)
	if err != nil {
		return nil, err
	}
	app := newFiber()
	if err := fibersession.Install(app, sessions, nil); err != nil {
		return nil, err
	}
	app.Get("/plain", fiberPlain)
	for _, route := range kit.routes() {
		app.Get(route.path, func(c *fiber.Ctx) error {
			s, err := fibersession.Get(c)
			if err != nil {
				return err
			}
			text, err := route.work(kitVisit{s, c.UserContext()})
			if err != nil {
				return err
			}
			return c.SendString(text)
		})
	}
	a := onFiber(app)
	a.Store, a.close = sessions.Store(), sessions.Close
	return a, nil
}

func onFiber(app *fiber.App) *App { return &App{Fast: app.Handler(), listen: app.Listener} }

func newFiber() *fiber.App {
	return fiber.New(fiber.Config{DisableStartupMessage: true})
}

func fiberPlain(c *fiber.Ctx) error { return c.SendString("ok") }
