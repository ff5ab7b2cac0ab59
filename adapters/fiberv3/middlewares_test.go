package fibersession_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/compress"
	"github.com/gofiber/fiber/v3/middleware/cors"
	"github.com/gofiber/fiber/v3/middleware/csrf"
	"github.com/gofiber/fiber/v3/middleware/encryptcookie"
	"github.com/gofiber/fiber/v3/middleware/etag"
	"github.com/gofiber/fiber/v3/middleware/helmet"
	"github.com/gofiber/fiber/v3/middleware/idempotency"
	"github.com/gofiber/fiber/v3/middleware/limiter"
	"github.com/gofiber/fiber/v3/middleware/logger"
	"github.com/gofiber/fiber/v3/middleware/recover"
	"github.com/gofiber/fiber/v3/middleware/requestid"
	"github.com/gofiber/fiber/v3/middleware/rewrite"
	"github.com/gofiber/fiber/v3/middleware/static"
	"github.com/gofiber/fiber/v3/middleware/timeout"

	"github.com/gosessionkit/sessionkit/core/memstore"
)

// Fiber's own middleware stands outside of the session's and inside, and neither
// loses a session nor shows it to somebody else.
func TestFibersOwnMiddleware(t *testing.T) {
	t.Parallel()
	key := encryptcookie.GenerateKey(32)
	for name, middleware := range map[string]func() fiber.Handler{
		"compress":      func() fiber.Handler { return compress.New() },
		"cors":          func() fiber.Handler { return cors.New() },
		"csrf":          func() fiber.Handler { return csrf.New() },
		"encryptcookie": func() fiber.Handler { return encryptcookie.New(encryptcookie.Config{Key: key}) },
		"etag":          func() fiber.Handler { return etag.New() },
		"helmet":        func() fiber.Handler { return helmet.New() },
		"idempotency":   func() fiber.Handler { return idempotency.New() },
		"limiter":       func() fiber.Handler { return limiter.New(limiter.Config{Max: 1000}) },
		"logger":        func() fiber.Handler { return logger.New(logger.Config{Stream: io.Discard}) },
		"recover":       func() fiber.Handler { return recover.New() },
		"requestid":     func() fiber.Handler { return requestid.New() },
		"rewrite":       func() fiber.Handler { return rewrite.New(rewrite.Config{Rules: map[string]string{"/v1/*": "/$1"}}) },
		"static":        func() fiber.Handler { return static.New("testdata") },
		"timeout": func() fiber.Handler {
			return timeout.New(func(c fiber.Ctx) error { return c.Next() }, timeout.Config{Timeout: time.Hour})
		},
	} {
		for _, outside := range []bool{true, false} {
			t.Run(fmt.Sprint(name, "/outside=", outside), func(t *testing.T) {
				t.Parallel()
				var front []any
				if outside {
					front = append(front, middleware())
				}
				store := memstore.New(0)
				app := newApp(t, store, fiber.Config{}, front...)
				if !outside {
					app.Use(middleware())
				}
				app.Get("/set", func(c fiber.Ctx) error {
					if err := set(c, c.Query("color")); err != nil {
						return err
					}
					return c.SendString(strings.Repeat("page ", 1000))
				})
				app.Get("/color", value)
				app.Get("/fail", func(c fiber.Ctx) error {
					if err := set(c, "failed"); err != nil {
						return err
					}
					return fiber.NewError(http.StatusTeapot, "teapot")
				})
				ada := visit(t, app)
				bob := *ada
				client := *ada.client
				client.Jar = newJar(t)
				bob.client = &client
				ada.want("/set?color=red", http.StatusOK, "")
				bob.want("/color", http.StatusOK, "color ")
				bob.want("/set?color=blue", http.StatusOK, "")
				ada.want("/color", http.StatusOK, "color red")
				bob.want("/color", http.StatusOK, "color blue")
				ada.want("/fail", http.StatusTeapot, "teapot")
				ada.want("/color", http.StatusOK, "color failed")
				bob.want("/color", http.StatusOK, "color blue")
				if name == "logger" && !outside {
					return // it answers errors itself, with a bare 500: docs/middleware.md
				}
				store.Close()
				ada.want("/set?color=green", http.StatusServiceUnavailable, "Service Unavailable")
			})
		}
	}
}
