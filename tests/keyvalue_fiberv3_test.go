package tests

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/extractors"
	"github.com/gofiber/fiber/v3/middleware/cache"
	"github.com/gofiber/fiber/v3/middleware/csrf"
	"github.com/gofiber/fiber/v3/middleware/idempotency"
	"github.com/gofiber/fiber/v3/middleware/limiter"

	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/stores/keyvalue"
)

// Fiber v3's csrf, limiter, cache and idempotency keep what they know in the store of
// the sessions, so that it holds on every worker: here two apps on one store.
func TestStorageOnFiberV3(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	served := 0
	var apps [2]*fiber.App
	for i := range apps {
		storage := func(name string) fiber.Storage { return keyvalue.New(store, name) }
		serve := func(c fiber.Ctx) error {
			served++
			return c.SendString("ok")
		}
		app := fiber.New()
		app.Get("/limited", limiter.New(limiter.Config{Max: 2, Storage: storage("limiter")}), serve)
		app.Get("/cached", cache.New(cache.Config{Storage: storage("cache")}), serve)
		app.Post("/once", idempotency.New(idempotency.Config{Storage: storage("idempotency")}), serve)
		form := app.Group("/form", csrf.New(csrf.Config{Storage: storage("csrf"), Extractor: extractors.FromHeader("X-Csrf-Token")}))
		form.Get("/", serve)
		form.Post("/", serve)
		apps[i] = app
	}
	turn := 0
	send := func(method, path string, header ...string) *http.Response {
		t.Helper()
		r := httptest.NewRequest(method, path, nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		turn++
		res, err := apps[turn%2].Test(r, fiber.TestConfig{})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res
	}
	for i, want := range []int{http.StatusOK, http.StatusOK, http.StatusTooManyRequests} {
		if res := send("GET", "/limited"); res.StatusCode != want {
			t.Errorf("request %d: %d, want %d", i, res.StatusCode, want)
		}
	}
	served = 0
	for range 3 {
		send("GET", "/cached")
	}
	for range 3 {
		send("POST", "/once", "X-Idempotency-Key", "7b1e9a54-0d5c-4c6e-9a0f-1f2e3d4c5b6a")
	}
	if served != 2 {
		t.Errorf("served %d times, want once cached and once for the key", served)
	}
	cookie, _, _ := strings.Cut(send("GET", "/form").Header.Get("Set-Cookie"), ";")
	_, token, _ := strings.Cut(cookie, "=")
	for sent, want := range map[string]int{token: http.StatusOK, "x" + token: http.StatusForbidden} {
		for range 2 {
			if res := send("POST", "/form", "Cookie", cookie, "X-Csrf-Token", sent, "Origin", "http://example.com"); res.StatusCode != want {
				t.Errorf("token %q: %d, want %d", sent, res.StatusCode, want)
			}
		}
	}
}
