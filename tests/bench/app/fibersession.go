package app

import (
	"net"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/session"
	"github.com/gofiber/storage/redis/v3"
)

var fibers = library[*session.Session]{
	get: func(s *session.Session, key string) (string, error) {
		text, _ := s.Get(key).(string)
		return text, nil
	},
	set: func(s *session.Session, key, value string) error {
		s.Set(key, value)
		return nil
	},
	number: func(s *session.Session) (int, error) {
		n, _ := s.Get("count").(int)
		return n, nil
	},
	increment: func(s *session.Session) error {
		n, _ := s.Get("count").(int)
		s.Set("count", n+1)
		return nil
	},
	login: func(s *session.Session, user string) error {
		if err := s.Regenerate(); err != nil {
			return err
		}
		s.Set("user", user)
		return nil
	},
	logout: func(s *session.Session) error { return s.Destroy() },
	user: func(s *session.Session) (string, error) {
		text, _ := s.Get("user").(string)
		return text, nil
	},
}

// openFiberSession is Fiber's own session middleware, in memory or with
// gofiber/storage/redis.
func openFiberSession(st Storage) (*App, error) {
	cfg := session.Config{}
	closeRedis := func() error { return nil }
	if st.Redis != "" {
		host, port, err := net.SplitHostPort(st.Redis)
		if err != nil {
			return nil, err
		}
		number, err := strconv.Atoi(port)
		if err != nil {
			return nil, err
		}
		storage := redis.New(redis.Config{Host: host, Port: number, Database: st.DB})
		cfg.Storage, closeRedis = storage, storage.Close
	}
	sessions := session.New(cfg)
	app := newFiber()
	app.Get("/plain", fiberPlain)
	for _, route := range fibers.routes() {
		app.Get(route.path, func(c *fiber.Ctx) error {
			s, err := sessions.Get(c)
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
	return &App{Fiber: app, close: closeRedis}, nil
}
