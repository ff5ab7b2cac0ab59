package session_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/cache"
	"github.com/gofiber/fiber/v2/middleware/csrf"
	"github.com/gofiber/fiber/v2/middleware/limiter"
	original "github.com/gofiber/fiber/v2/middleware/session"

	"github.com/gosessionkit/sessionkit/adapters/fiber/compat"
	"github.com/gosessionkit/sessionkit/core/config"
)

func TestStorage(t *testing.T) {
	t.Parallel()
	for name, place := range places(t) {
		one, two := on(t, session.Config{}, place), on(t, session.Config{}, place)
		br := &browser{t: t}
		br.put(one, "color", "red")
		a, b := one.NewStorage("cache"), two.NewStorage("cache")
		gone := one.NewSessionStorage("forms")
		if err := errors.Join(a.Set("k", []byte("v"), 0), gone.Set("id", []byte("1"), time.Hour), gone.Delete("id"), one.Reset()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if v, err := b.Get("k"); string(v) != "v" || err != nil {
			t.Errorf("%s: %q, %v, after the sessions were reset", name, v, err)
		}
		br = &browser{t: t}
		br.put(one, "color", "red")
		if err := a.Reset(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		br.want(two, "color", "red")
		if err := two.NewSessionStorage("forms").Set("id", []byte("3"), time.Hour); !errors.Is(err, session.ErrDeleted) {
			t.Errorf("%s: what was deleted is set again: %v", name, err)
		}
	}
}

// Fiber's own middleware works with it.
func TestStorageInFibersMiddleware(t *testing.T) {
	t.Parallel()
	s := on(t, session.Config{}, config.Config{Store: config.StoreMemory})
	app := fiber.New()
	served := 0
	app.Get("/limited", limiter.New(limiter.Config{Max: 2, Storage: s.NewStorage("limiter")}), func(c *fiber.Ctx) error { return c.SendString("ok") })
	app.Get("/cached", cache.New(cache.Config{Storage: s.NewStorage("cache")}), func(c *fiber.Ctx) error { served++; return c.SendString("ok") })
	form := app.Group("/form", csrf.New(csrf.Config{Storage: s.NewStorage("csrf"), KeyLookup: "header:X-Csrf-Token"}))
	form.Get("/", func(c *fiber.Ctx) error { return c.SendString("form") })
	form.Post("/", func(c *fiber.Ctx) error { return c.SendString("sent") })
	// As the documentation says for csrf with sessions of Fiber's own kind.
	login := app.Group("/login", csrf.New(csrf.Config{Session: original.New(original.Config{Storage: s.NewSessionStorage("forms")})}))
	login.Get("/", func(c *fiber.Ctx) error { return c.SendString("form") })
	get := func(method, path, cookie, token string) (*http.Response, string) {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Cookie", cookie)
		r.Header.Set("X-Csrf-Token", token)
		res, err := app.Test(r, -1)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		return res, string(body)
	}
	for i, want := range []int{200, 200, 429} {
		if res, _ := get("GET", "/limited", "", ""); res.StatusCode != want {
			t.Errorf("request %d: %d, want %d", i, res.StatusCode, want)
		}
	}
	for range 3 {
		get("GET", "/cached", "", "")
	}
	if served != 1 {
		t.Errorf("served %d times", served)
	}
	res, _ := get("GET", "/form", "", "")
	cookie, _, _ := strings.Cut(res.Header.Get("Set-Cookie"), ";")
	_, token, _ := strings.Cut(cookie, "=")
	if res, body := get("POST", "/form", cookie, token); body != "sent" {
		t.Errorf("with the token: %d %s", res.StatusCode, body)
	}
	if res, _ := get("POST", "/form", cookie, "x"+token); res.StatusCode != http.StatusForbidden {
		t.Errorf("with another: %d", res.StatusCode)
	}
	if res, _ := get("GET", "/login", "", ""); res.StatusCode != http.StatusOK {
		t.Errorf("csrf on sessions: %d", res.StatusCode)
	}
}
