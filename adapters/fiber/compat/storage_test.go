package session_test

import (
	"errors"
	"fmt"
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
		a, b, other := one.NewStorage("cache"), two.NewStorage("cache"), two.NewStorage("limiter")
		want := func(st *session.Storage, key, value string) {
			t.Helper()
			if got, err := st.Get(key); string(got) != value || err != nil {
				t.Errorf("%s: %q is %q, %v; want %q", name, key, got, err, value)
			}
		}
		for i := range 3 {
			value := fmt.Sprint("\x00\xff", i)
			if err := a.Set("k", []byte(value), 0); err != nil {
				t.Error(err)
			}
			want(b, "k", value)
		}
		want(other, "k", "")
		want(a, "nothing", "")
		if err := errors.Join(a.Set("short", []byte("x"), 20*time.Millisecond), a.Set("", nil, 0), a.Delete("nothing"), a.Delete("")); err != nil {
			t.Error(err)
		}
		for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
			if v, _ := b.Get("short"); v == nil {
				break
			} else if time.Now().After(end) {
				t.Fatal("a value that does not end")
			}
		}
		if err := errors.Join(b.Delete("k"), a.Set("k", []byte("again"), time.Hour)); err != nil {
			t.Error(err)
		}
		want(b, "k", "again")
		other.Set("k", []byte("other"), 0)
		br := &browser{t: t}
		br.put(one, "color", "red")
		if err := a.Reset(); err != nil {
			t.Error(err)
		}
		want(a, "k", "")
		want(other, "k", "other")
		br.want(two, "color", "red")
		if err := one.Reset(); err != nil {
			t.Error(err)
		}
		want(other, "k", "other")

		gone := one.NewSessionStorage("sessions")
		if err := errors.Join(gone.Set("id", []byte("1"), time.Hour), gone.Set("id", []byte("2"), time.Hour), gone.Delete("id"), gone.Delete("id")); err != nil {
			t.Error(err)
		}
		if err := two.NewSessionStorage("sessions").Set("id", []byte("3"), time.Hour); !errors.Is(err, session.ErrDeleted) {
			t.Errorf("%s: what was deleted is set again: %v", name, err)
		}
		want(gone, "id", "")
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
