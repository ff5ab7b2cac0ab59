package session_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v3"
	original "github.com/gofiber/fiber/v3/middleware/session"

	"github.com/gosessionkit/sessionkit/adapters/fiberv3/compat"
	"github.com/gosessionkit/sessionkit/adapters/fiberv3/compat/compattest"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// on makes a middleware keep its sessions there.
func on(t testing.TB, cfg session.Config, place config.Config) (fiber.Handler, *session.Store) {
	cfg.Configure = func(to *config.Config) {
		to.Mode, to.Store, to.Dir, to.RedisURL, to.Prefix = config.Test, place.Store, place.Dir, place.RedisURL, place.Prefix
	}
	h, s := session.NewWithStore(cfg)
	t.Cleanup(func() { s.Close() })
	return h, s
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
			compattest.Run(t, func(t testing.TB, want compattest.Settings) compattest.Site {
				h, s := on(t, session.Config{
					Next: want.Next, ErrorHandler: want.ErrorHandler, Extractor: want.Extractor, IdleTimeout: want.IdleTimeout, AbsoluteTimeout: want.AbsoluteTimeout,
					CookieDomain: want.CookieDomain, CookiePath: want.CookiePath, CookieSameSite: want.CookieSameSite,
					CookieSecure: want.CookieSecure, CookieHTTPOnly: want.CookieHTTPOnly, CookieSessionOnly: want.CookieSessionOnly,
				}, where(t))
				return compattest.Site{
					Handler: h, Delete: s.Delete, Reset: s.Reset,
					FromContext: func(c fiber.Ctx) (compattest.Values, compattest.Session) {
						if m := session.FromContext(c); m != nil {
							return m, m.Session
						}
						return nil, nil
					},
					Get:        func(c fiber.Ctx) (compattest.Session, error) { return s.Get(c) },
					GetByID:    func(ctx context.Context, id string) (compattest.Session, error) { return s.GetByID(ctx, id) },
					ErrEmptyID: session.ErrEmptySessionID, ErrNotFound: session.ErrSessionIDNotFoundInStore, ErrAlreadyLoaded: session.ErrSessionAlreadyLoadedByMiddleware,
				}
			})
		})
	}
}

// The same of Fiber's own.
func TestConformanceOfTheOriginal(t *testing.T) {
	t.Parallel()
	compattest.Run(t, func(t testing.TB, want compattest.Settings) compattest.Site {
		if strings.HasSuffix(t.Name(), "in_a_header_or_a_cookie") && fiber.Version < "3.2" {
			t.Skip("Fiber " + fiber.Version + " sends the token to all places")
		}
		h, s := original.NewWithStore(original.Config{
			Next: want.Next, ErrorHandler: want.ErrorHandler, Extractor: want.Extractor, IdleTimeout: want.IdleTimeout, AbsoluteTimeout: want.AbsoluteTimeout,
			CookieDomain: want.CookieDomain, CookiePath: want.CookiePath, CookieSameSite: want.CookieSameSite,
			CookieSecure: want.CookieSecure, CookieHTTPOnly: want.CookieHTTPOnly, CookieSessionOnly: want.CookieSessionOnly,
		})
		return compattest.Site{
			Handler: h, Delete: s.Delete, Reset: s.Reset,
			FromContext: func(c fiber.Ctx) (compattest.Values, compattest.Session) {
				if m := original.FromContext(c); m != nil {
					return m, m.Session
				}
				return nil, nil
			},
			Get:        func(c fiber.Ctx) (compattest.Session, error) { return s.Get(c) },
			GetByID:    func(ctx context.Context, id string) (compattest.Session, error) { return s.GetByID(ctx, id) },
			ErrEmptyID: original.ErrEmptySessionID, ErrNotFound: original.ErrSessionIDNotFoundInStore, ErrAlreadyLoaded: original.ErrSessionAlreadyLoadedByMiddleware,
		}
	})
}
