package fibersession_test

import (
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/idempotency"

	"github.com/gosessionkit/sessionkit/core/memstore"
)

// Fiber's idempotency gives the answer that it has kept to whoever has the key.
// Behind Install there is no session cookie in it.
func TestIdempotencyBehindInstall(t *testing.T) {
	t.Parallel()
	app := newApp(t, memstore.New(0), fiber.Config{})
	app.Use(idempotency.New())
	app.Post("/order", func(c fiber.Ctx) error {
		if err := set(c, "red"); err != nil {
			return err
		}
		return c.SendString("ordered")
	})
	for i, want := range []bool{true, false} {
		v := visit(t, app)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, v.url+"/order", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Idempotency-Key", "7b1e9a54-0d5c-4c6e-9a0f-1f2e3d4c5b6a")
		res, err := v.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK || (res.Header.Get("Set-Cookie") != "") != want {
			t.Errorf("visitor %d: status %d, Set-Cookie %q", i, res.StatusCode, res.Header.Get("Set-Cookie"))
		}
	}
}
