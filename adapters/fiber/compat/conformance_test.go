package session_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	original "github.com/gofiber/fiber/v2/middleware/session"

	"github.com/gosessionkit/sessionkit/adapters/fiber/compat"
	"github.com/gosessionkit/sessionkit/adapters/fiber/compat/compattest"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// on makes a store keep its sessions there.
func on(t testing.TB, cfg session.Config, place config.Config) *session.Store {
	cfg.Configure = func(to *config.Config) {
		to.Mode, to.Store, to.Dir, to.RedisURL, to.Prefix = config.Test, place.Store, place.Dir, place.RedisURL, place.Prefix
	}
	s := session.New(cfg)
	t.Cleanup(func() { s.Close() })
	return s
}

func TestConformance(t *testing.T) {
	t.Parallel()
	redis := config.NewSecret(redistest.Start(t).URL())
	for name, where := range map[string]func(t testing.TB) config.Config{
		"memory": func(testing.TB) config.Config { return config.Config{Store: config.StoreMemory} },
		"file": func(t testing.TB) config.Config {
			return config.Config{Store: config.StoreFile, Dir: filepath.Join(t.TempDir(), "sessions")}
		},
		"redis": func(t testing.TB) config.Config {
			return config.Config{Store: config.StoreRedis, RedisURL: redis, Prefix: t.Name() + ":"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			compattest.Run(t, func(t testing.TB, want compattest.Settings) compattest.Store {
				s := on(t, session.Config{
					Expiration: want.Expiration, KeyLookup: want.KeyLookup, CookieDomain: want.CookieDomain, CookiePath: want.CookiePath,
					CookieSecure: want.CookieSecure, CookieHTTPOnly: want.CookieHTTPOnly, CookieSameSite: want.CookieSameSite, CookieSessionOnly: want.CookieSessionOnly,
				}, where(t))
				return compattest.Store{Get: func(c *fiber.Ctx) (compattest.Session, error) { return s.Get(c) }, Delete: s.Delete, Reset: s.Reset}
			})
		})
	}
}

// The same of Fiber's own.
func TestConformanceOfTheOriginal(t *testing.T) {
	t.Parallel()
	compattest.Run(t, func(t testing.TB, want compattest.Settings) compattest.Store {
		if strings.HasSuffix(t.Name(), "an_id_of_the_visitor's_choice") && fiber.Version < "2.52" {
			t.Skip("Fiber " + fiber.Version + " takes over what a visitor chooses")
		}
		s := original.New(original.Config{
			Expiration: want.Expiration, KeyLookup: want.KeyLookup, CookieDomain: want.CookieDomain, CookiePath: want.CookiePath,
			CookieSecure: want.CookieSecure, CookieHTTPOnly: want.CookieHTTPOnly, CookieSameSite: want.CookieSameSite, CookieSessionOnly: want.CookieSessionOnly,
		})
		return compattest.Store{Get: func(c *fiber.Ctx) (compattest.Session, error) { return s.Get(c) }, Delete: s.Delete, Reset: s.Reset}
	})
}
