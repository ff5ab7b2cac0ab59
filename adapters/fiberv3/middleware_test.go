package fibersession_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/compress"
	"github.com/gofiber/fiber/v3/middleware/etag"
	"github.com/gofiber/fiber/v3/middleware/logger"
	"github.com/gofiber/fiber/v3/middleware/recover"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

func TestInstallAfterARoute(t *testing.T) {
	for name, before := range map[string]func(app *fiber.App){
		"route": func(app *fiber.App) { app.Get("/", value) },
		"mount": func(app *fiber.App) { app.Use("/shop", fiber.New()) },
	} {
		app := fiber.New()
		app.Use(recover.New())
		before(app)
		err := fibersession.Install(app, newManager(t, memstore.New(0), &logbook{}), nil)
		if !errors.Is(err, fibersession.ErrRoutesBefore) {
			t.Errorf("%s: got %v, want ErrRoutesBefore", name, err)
		}
	}
}

// fasthttp overwrites the memory of a request's strings with the next
// request on the connection. Nothing that is kept may point there.
func TestReusedStrings(t *testing.T) {
	store := memstore.New(0)
	app := newApp(t, store, fiber.Config{})
	app.Get("/login", func(c fiber.Ctx) error {
		if err := auth.Login(c.Context(), c.Query("user")); err != nil {
			return err
		}
		s, err := fibersession.Get(c)
		if err != nil {
			return err
		}
		if err := s.Flash(c.Query("user"), c.Query("user")); err != nil {
			return err
		}
		return session.Set(s, c.Query("user"), c.Query("user"))
	})
	app.Get("/check", func(c fiber.Ctx) error {
		s, err := fibersession.Get(c)
		if err != nil {
			return err
		}
		return c.SendString(fmt.Sprint(s.User(), s.Keys()))
	})
	visitors := []*visitor{visit(t, app)}
	for range 4 { // on one connection, with cookies of their own
		other := *visitors[0]
		client := *other.client
		other.client = &client
		other.client.Jar = newJar(t)
		visitors = append(visitors, &other)
	}
	for i, v := range visitors {
		v.want(fmt.Sprintf("/login?user=user-%d", i), http.StatusOK, "")
	}
	for range 3 {
		visitors[0].want("/value?"+strings.Repeat("overwrite=x&", 50), http.StatusOK, "")
	}
	for i, v := range visitors {
		user := fmt.Sprintf("user-%d", i)
		v.want("/check", http.StatusOK, user+"["+user+"]")
		n := 0
		for entry, err := range store.ByUser(t.Context(), driver.Owner{User: user}) {
			if err != nil || entry.Record.User != user {
				t.Errorf("session of %s: %+v, %v", user, entry.Record, err)
			}
			n++
		}
		if n != 1 {
			t.Errorf("%d sessions of %s, want 1", n, user)
		}
	}
}

// Fiber's error handler answers once, before the session is saved, and may
// change it.
func TestErrorHandler(t *testing.T) {
	var calls atomic.Int32
	store := memstore.New(0)
	app := newApp(t, store, fiber.Config{ErrorHandler: func(c fiber.Ctx, err error) error {
		calls.Add(1)
		var e *fiber.Error
		if !errors.As(err, &e) {
			return err // Fiber answers 500 then
		}
		if err := set(c, "sorry"); err != nil && e.Code == http.StatusTeapot {
			return err
		}
		return c.Status(e.Code).SendString("handled " + e.Message)
	}})
	app.Get("/teapot", func(fiber.Ctx) error { return fiber.NewError(http.StatusTeapot, "mine") })
	app.Get("/wrapped", func(fiber.Ctx) error {
		return fmt.Errorf("%w: %w", session.ErrUnavailable, fiber.NewError(http.StatusTeapot, "mine"))
	})
	app.Get("/unknown-error", func(fiber.Ctx) error { return errors.New("disk on fire") })
	v := visit(t, app)
	for _, path := range []string{"/teapot", "/wrapped"} {
		if calls.Store(0); v.want(path, http.StatusTeapot, "handled mine") == nil || calls.Load() != 1 {
			t.Errorf("GET %s: the error handler ran %d times", path, calls.Load())
		}
	}
	v.want("/value", http.StatusOK, "color sorry")
	v.want("/unknown-error", http.StatusInternalServerError, "")
	v.want("/unknown", http.StatusNotFound, "handled Not Found")
	store.Close()
	v.want("/value", http.StatusServiceUnavailable, "handled Service Unavailable")
}

// Middleware outside sees the answer.
func TestMiddlewareOutside(t *testing.T) {
	store, log := memstore.New(0), &logbook{}
	logs := logger.New(logger.Config{Format: "${status} ${path}\n", Stream: log, DisableColors: true})
	app := newApp(t, store, fiber.Config{}, logs, compress.New(), etag.New())
	text := strings.Repeat("compress me ", 1000)
	app.Get("/text", func(c fiber.Ctx) error {
		if err := set(c, "red"); err != nil {
			return err
		}
		return c.SendString(text)
	})
	app.Get("/file", func(c fiber.Ctx) error {
		if err := set(c, "blue"); err != nil {
			return err
		}
		return c.SendFile("middleware_test.go")
	})
	app.Get("/teapot", func(c fiber.Ctx) error { return fiber.NewError(http.StatusTeapot) })
	v := visit(t, app)
	if res := v.want("/text", http.StatusOK, text); res.Header.Get("Set-Cookie") == "" || !res.Uncompressed {
		t.Errorf("compressed: %v, headers %v", res.Uncompressed, res.Header)
	}
	v.want("/value", http.StatusOK, "color red")
	v.want("/file", http.StatusOK, "")
	v.want("/value", http.StatusOK, "color blue")
	v.want("/teapot", http.StatusTeapot, "I'm a teapot")
	store.Close()
	stranger := *v
	stranger.client = &http.Client{Transport: v.client.Transport}
	for _, path := range []string{"/text", "/file"} {
		stranger.want(path, http.StatusServiceUnavailable, "Service Unavailable")
	}
	for _, line := range []string{"200 /text", "200 /file", "418 /teapot", "503 /text", "503 /file"} {
		if !strings.Contains(log.String(), line+"\n") {
			t.Errorf("the log lacks %q:\n%s", line, log)
		}
	}
}

func TestGroupsAndMountedApps(t *testing.T) {
	app := newApp(t, memstore.New(0), fiber.Config{})
	app.Get("/login", func(c fiber.Ctx) error { return auth.Login(c.Context(), "ada") })
	app.Group("/private", fibersession.RequireUser(nil)).Get("/value", value)
	shop := fiber.New(fiber.Config{ErrorHandler: func(c fiber.Ctx, err error) error {
		if err := set(c, "shop"); err != nil {
			return err
		}
		return c.Status(http.StatusTeapot).SendString("shop: " + err.Error())
	}})
	shop.Get("/value", value)
	shop.Get("/fail", func(fiber.Ctx) error { return errors.New("sold out") })
	app.Use("/shop", shop)

	v := visit(t, app)
	v.want("/private/value", http.StatusUnauthorized, "")
	v.want("/login", http.StatusOK, "")
	v.want("/private/value", http.StatusOK, "color ")
	v.want("/shop/fail", http.StatusTeapot, "shop: sold out")
	v.want("/shop/value", http.StatusOK, "color shop")
	v.want("/value", http.StatusOK, "color shop")
}

// Middleware outside that looks at the cookies has fasthttp take them apart.
func TestCookiesReadBefore(t *testing.T) {
	app := newApp(t, memstore.New(0), fiber.Config{}, func(c fiber.Ctx) error {
		c.Cookies("theme")
		return c.Next()
	})
	app.Get("/set", func(c fiber.Ctx) error { return set(c, "red") })
	v := visit(t, app)
	v.want("/set", http.StatusOK, "")
	v.want("/value", http.StatusOK, "color red")
}

// fiber.App.Test, as apps use it in their own tests.
func TestAppTest(t *testing.T) {
	app := newApp(t, memstore.New(0), fiber.Config{})
	app.Get("/set", func(c fiber.Ctx) error { return set(c, "red") })
	first, err := app.Test(httptest.NewRequest(http.MethodGet, "/set", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer first.Body.Close()
	r := httptest.NewRequest(http.MethodGet, "/value", nil)
	for _, c := range first.Cookies() {
		r.AddCookie(c)
	}
	second, err := app.Test(r)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Body.Close()
	body := make([]byte, 100)
	if n, _ := second.Body.Read(body); string(body[:n]) != "color red" {
		t.Errorf("the second answer is %q", body[:n])
	}
}
