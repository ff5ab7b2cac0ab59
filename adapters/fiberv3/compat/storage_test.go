package session_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/extractors"
	"github.com/gofiber/fiber/v3/middleware/csrf"
	"github.com/gofiber/fiber/v3/middleware/limiter"
	original "github.com/gofiber/fiber/v3/middleware/session"

	"github.com/gosessionkit/sessionkit/adapters/fiberv3/compat"
)

// Fiber's limiter and csrf, beside the sessions, share what they keep among workers.
func TestStorageInFibersMiddleware(t *testing.T) {
	t.Parallel()
	for name, place := range places(t) {
		var apps []*fiber.App
		for _, w := range workers(t, 2, session.Config{}, place) {
			app := fiber.New()
			app.Use(w.handler)
			app.Get("/limited", limiter.New(limiter.Config{Max: 2, Storage: w.store.NewStorage("limiter")}), func(c fiber.Ctx) error { return c.SendString("ok") })
			form := app.Group("/form", csrf.New(csrf.Config{
				Session:   original.NewStore(original.Config{Storage: w.store.NewSessionStorage("forms"), Extractor: extractors.FromCookie("forms")}),
				Extractor: extractors.FromHeader("X-Csrf-Token"),
			}))
			form.Get("/", func(c fiber.Ctx) error {
				session.FromContext(c).Set("user", "ada")
				return c.SendString(csrf.TokenFromContext(c))
			})
			form.Post("/", func(c fiber.Ctx) error {
				user, _ := session.FromContext(c).Get("user").(string)
				return c.SendString(user)
			})
			apps = append(apps, app)
		}
		cookies := map[string]*http.Cookie{}
		send := func(app *fiber.App, method, path, token string) (int, string) {
			r := httptest.NewRequest(method, path, nil)
			for _, c := range cookies {
				r.AddCookie(c)
			}
			r.Header.Set("X-Csrf-Token", token)
			res, err := app.Test(r, fiber.TestConfig{})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range res.Cookies() {
				cookies[c.Name] = c
			}
			body, _ := io.ReadAll(res.Body)
			return res.StatusCode, string(body)
		}
		for i, want := range []int{200, 200, 429} {
			if status, body := send(apps[i%2], "GET", "/limited", ""); status != want {
				t.Errorf("%s: request %d: %d %s, want %d", name, i, status, body, want)
			}
		}
		_, token := send(apps[0], "GET", "/form", "")
		if status, body := send(apps[1], "POST", "/form", token); status != http.StatusOK || body != "ada" {
			t.Errorf("%s: with the token %q: %d %s", name, token, status, body)
		}
		if status, _ := send(apps[1], "POST", "/form", "x"+token); status != http.StatusForbidden {
			t.Errorf("%s: with another: %d", name, status)
		}
	}
}
