package fibersession_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/cache"
	"github.com/gofiber/fiber/v3/middleware/cors"
	"github.com/gofiber/fiber/v3/middleware/expvar"
	"github.com/gofiber/fiber/v3/middleware/pprof"
	"github.com/gofiber/fiber/v3/middleware/static"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

// What swallows errors outside, as Fiber's old timeout does, leaves a failed
// save an error: it has been answered.
func TestFailedSaveIsAnswered(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	swallow := func(c fiber.Ctx) error {
		if err := c.Next(); err != nil {
			t.Errorf("outside: %v", err)
		}
		return nil
	}
	app := newApp(t, store, fiber.Config{ErrorHandler: func(c fiber.Ctx, err error) error {
		return c.SendString("sorry: " + err.Error()) // sets no status
	}}, swallow)
	app.Get("/set", func(c fiber.Ctx) error {
		if err := set(c, "red"); err != nil {
			return err
		}
		return c.Status(http.StatusCreated).SendString("secret")
	})
	store.Close()
	visit(t, app).want("/set", http.StatusServiceUnavailable, "sorry: Service Unavailable")
}

// Fiber's cache, in front of the session's middleware and behind it, keeps what
// is everybody's and nothing of one visitor.
func TestCache(t *testing.T) {
	t.Parallel()
	for _, outside := range []bool{true, false} {
		keep := cache.New(cache.Config{Next: fibersession.NoCache, StoreResponseHeaders: true})
		var front []any
		if outside {
			front = append(front, keep)
		}
		store := memstore.New(0)
		app := newApp(t, store, fiber.Config{}, front...)
		if !outside {
			app.Use(keep)
		}
		served := 0
		app.Get("/news", func(c fiber.Ctx) error {
			served++
			return c.SendString(fmt.Sprint("news ", served))
		})
		app.Get("/login", func(c fiber.Ctx) error {
			if err := auth.Login(c.Context(), c.Query("user")); err != nil {
				return err
			}
			return c.SendString("hello " + c.Query("user"))
		})
		app.Get("/me", func(c fiber.Ctx) error {
			user, err := auth.User(c.Context())
			if err != nil {
				return err
			}
			return c.SendString("you are " + user)
		})
		ada := visit(t, app)
		bob := *ada
		client := *ada.client
		client.Jar = newJar(t)
		bob.client = &client
		ada.want("/news", http.StatusOK, "news 1")
		bob.want("/news", http.StatusOK, "news 1") // kept
		if res := ada.want("/login?user=ada", http.StatusOK, "hello ada"); res.Header.Get("Set-Cookie") == "" {
			t.Error("no cookie")
		}
		ada.want("/me", http.StatusOK, "you are ada")
		bob.want("/me", http.StatusOK, "you are ")
		bob.want("/login?user=bob", http.StatusOK, "hello bob")
		bob.want("/me", http.StatusOK, "you are bob")
		store.Close()
		ada.want("/me", http.StatusServiceUnavailable, "")
	}
}

// The debug endpoints are beside Fiber's pprof and expvar, wherever these come,
// and below a group's prefix, however strictly Fiber routes.
func TestDebugBesideFibersOwn(t *testing.T) {
	t.Parallel()
	debug := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "debug "+r.URL.Path) })
	for _, strict := range []bool{false, true} {
		for _, before := range []bool{false, true} {
			app := fiber.New(fiber.Config{StrictRouting: strict, CaseSensitive: strict})
			if before {
				app.Use(pprof.New(), expvar.New())
			}
			sessions := newManager(t, memstore.New(0), io.Discard)
			if err := fibersession.Install(app, sessions, debug); err != nil {
				t.Fatal(err)
			}
			if !before {
				app.Use(pprof.New(), expvar.New())
			}
			shop := app.Group("/shop/:tenant")
			fibersession.MountDebug(shop, debug)
			app.Get("/*", static.New("testdata"))
			app.All("/*", func(c fiber.Ctx) error { return c.SendString("the app") })
			v := visit(t, app)
			for _, path := range []string{"/debug", "/debug/", "/debug/session", "/debug/session/"} {
				v.want(path, http.StatusOK, "debug "+path)
				v.want("/shop/7"+path, http.StatusOK, "debug "+path)
			}
			for _, path := range []string{"/debug/pprof/cmdline", "/debug/vars"} {
				if res := v.want(path, http.StatusOK, ""); res.ContentLength < 20 {
					t.Errorf("%s: %d bytes", path, res.ContentLength)
				}
			}
			v.want("/debugger", http.StatusOK, "the app")
		}
	}
}

// CORS outside of RequireUser answers the preflights itself.
func TestCORSOutsideRequireUser(t *testing.T) {
	t.Parallel()
	app := newApp(t, memstore.New(0), fiber.Config{})
	app.Use(cors.New(cors.Config{AllowOrigins: []string{"https://app.example"}, AllowCredentials: true}))
	app.Use(fibersession.RequireUser(nil))
	app.Delete("/cart", func(c fiber.Ctx) error { return c.SendStatus(http.StatusOK) })
	v := visit(t, app)
	for method, want := range map[string]int{http.MethodOptions: http.StatusNoContent, http.MethodDelete: http.StatusUnauthorized} {
		req, err := http.NewRequestWithContext(t.Context(), method, v.url+"/cart", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", "https://app.example")
		req.Header.Set("Access-Control-Request-Method", "DELETE")
		res, err := v.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want || res.Header.Get("Access-Control-Allow-Origin") != "https://app.example" {
			t.Errorf("%s: status %d, headers %v", method, res.StatusCode, res.Header)
		}
	}
}
