package app

import (
	"context"
	"net"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/session"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiberv3"
)

// The app on Fiber v3: on the kit, on Fiber's own session middleware, on none, and
// with a context alone.

func onFiberV3(app *fiber.App) *App {
	return &App{Fast: app.Handler(), listen: func(l net.Listener) error {
		return app.Listener(l, fiber.ListenConfig{DisableStartupMessage: true})
	}}
}

func fiberV3Plain(c fiber.Ctx) error { return c.SendString("ok") }

func openKitFiberV3(st Storage) (*App, error) {
	sessions, err := openKit(st)
	if err != nil {
		return nil, err
	}
	app := fiber.New()
	if err := fibersession.Install(app, sessions, nil); err != nil {
		return nil, err
	}
	app.Get("/plain", fiberV3Plain)
	for _, route := range kit.routes() {
		app.Get(route.path, func(c fiber.Ctx) error {
			s, err := fibersession.Get(c)
			if err != nil {
				return err
			}
			text, err := route.work(kitVisit{s, c.Context()})
			if err != nil {
				return err
			}
			return c.SendString(text)
		})
	}
	a := onFiberV3(app)
	a.Store, a.close = sessions.Store(), sessions.Close
	return a, nil
}

// fiberV3Session is a session of Fiber v3's middleware, which saves by itself.
type fiberV3Session struct{ *session.Middleware }

func (s fiberV3Session) Get(key string) any      { return s.Middleware.Get(key) }
func (s fiberV3Session) Set(key string, val any) { s.Middleware.Set(key, val) }
func (s fiberV3Session) Save() error             { return nil }

// openFiberV3Session is that middleware, in front of the routes that have sessions.
func openFiberV3Session(st Storage) (*App, error) {
	storage, err := fiberStorage(st)
	if err != nil {
		return nil, err
	}
	cfg, closeStorage := session.Config{}, func() error { return nil }
	if storage != nil {
		cfg.Storage, closeStorage = storage, storage.Close
	}
	app := fiber.New()
	app.Get("/plain", fiberV3Plain)
	app.Use(session.New(cfg))
	for _, route := range fibers.routes() {
		app.Get(route.path, func(c fiber.Ctx) error {
			text, err := route.work(fiberV3Session{session.FromContext(c)})
			if err != nil {
				return err
			}
			return c.SendString(text)
		})
	}
	a := onFiberV3(app)
	a.close = closeStorage
	return a, nil
}

func openLimitFiberV3(st Storage) (*App, error) {
	l := openLimit(st)
	app := fiber.New()
	get := func(path string, work func(ctx context.Context, cookie string) error) {
		app.Get(path, func(c fiber.Ctx) error {
			if err := work(c, c.Get("Cookie")); err != nil {
				return err
			}
			return c.SendString("ok")
		})
	}
	app.Get("/plain", fiberV3Plain)
	get("/read", l.read)
	get("/write", l.write)
	app.Get("/fill", func(c fiber.Ctx) error {
		cookie, err := l.fill(c)
		if err != nil {
			return err
		}
		c.Set("Set-Cookie", cookie)
		return c.SendString("ok")
	})
	a := onFiberV3(app)
	a.close = l.close
	return a, nil
}

func openContextFiberV3(Storage) (*App, error) {
	app := fiber.New()
	app.Use(func(c fiber.Ctx) error {
		c.SetContext(withValue(c.Context()))
		return c.Next()
	})
	app.Get("/plain", fiberV3Plain)
	return onFiberV3(app), nil
}
