package app

import (
	"net"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/session"
	"github.com/gofiber/storage/redis/v3"

	kitsession "github.com/gosessionkit/sessionkit/adapters/fiber/compat"
)

// fiberSession is what the app needs of a session of Fiber's, and of what stands
// for it.
type fiberSession interface {
	Get(key string) any
	Set(key string, val any)
	Regenerate() error
	Destroy() error
	Save() error
}

var fibers = library[fiberSession]{
	get: func(s fiberSession, key string) (string, error) {
		text, _ := s.Get(key).(string)
		return text, nil
	},
	set: func(s fiberSession, key, value string) error {
		s.Set(key, value)
		return nil
	},
	number: func(s fiberSession) (int, error) {
		n, _ := s.Get("count").(int)
		return n, nil
	},
	increment: func(s fiberSession) error {
		n, _ := s.Get("count").(int)
		s.Set("count", n+1)
		return nil
	},
	login: func(s fiberSession, user string) error {
		if err := s.Regenerate(); err != nil {
			return err
		}
		s.Set("user", user)
		return nil
	},
	logout: func(s fiberSession) error { return s.Destroy() },
	user: func(s fiberSession) (string, error) {
		text, _ := s.Get("user").(string)
		return text, nil
	},
}

// openFiberSession is Fiber's own session middleware, in memory or with
// gofiber/storage/redis.
func openFiberSession(st Storage) (*App, error) {
	storage, err := fiberStorage(st)
	if err != nil {
		return nil, err
	}
	cfg, closeStorage := session.Config{}, func() error { return nil }
	if storage != nil {
		cfg.Storage, closeStorage = storage, storage.Close
	}
	sessions := session.New(cfg)
	a := fiberApp(func(c *fiber.Ctx) (fiberSession, error) { return sessions.Get(c) })
	a.close = closeStorage
	return a, nil
}

// fiberStorage is gofiber/storage/redis, nil for memory.
func fiberStorage(st Storage) (*redis.Storage, error) {
	if st.Redis == "" {
		return nil, nil
	}
	host, port, err := net.SplitHostPort(st.Redis)
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	return redis.New(redis.Config{Host: host, Port: number, Database: st.DB}), nil
}

// openKitFiberSession is the same app on the kit in the shape of Fiber's session
// middleware.
func openKitFiberSession(st Storage) (*App, error) {
	sessions := kitsession.New(kitsession.Config{Configure: shape(st)})
	a := fiberApp(func(c *fiber.Ctx) (fiberSession, error) { return sessions.Get(c) })
	a.close = sessions.Close
	return a, nil
}

func fiberApp(get func(*fiber.Ctx) (fiberSession, error)) *App {
	app := newFiber()
	app.Get("/plain", fiberPlain)
	for _, route := range fibers.routes() {
		app.Get(route.path, func(c *fiber.Ctx) error {
			s, err := get(c)
			if err != nil {
				return err
			}
			text, err := route.work(s)
			if err == nil && route.ends == changes {
				err = s.Save()
			}
			if err != nil {
				return err
			}
			return c.SendString(text)
		})
	}
	return onFiber(app)
}
