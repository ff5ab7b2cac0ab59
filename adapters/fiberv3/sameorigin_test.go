package fibersession_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v3"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiberv3"
)

// What other pages send is refused, and with a protection of the app's own what
// that one refuses; adapters/internal/fasthttp has all cases.
func TestSameOrigin(t *testing.T) {
	t.Parallel()
	own := http.NewCrossOriginProtection()
	if err := own.AddTrustedOrigin("https://partner.example"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		p      *http.CrossOriginProtection
		method string
		origin string
		want   int
	}{
		{nil, "POST", "http://shop.example", http.StatusOK}, {nil, "GET", "https://partner.example", http.StatusOK},
		{nil, "POST", "https://partner.example", http.StatusForbidden}, {own, "POST", "https://partner.example", http.StatusOK},
		{own, "POST", "https://evil.example", http.StatusForbidden},
	} {
		app := fiber.New()
		app.Use(fibersession.SameOrigin(c.p))
		app.All("/*", func(c fiber.Ctx) error { return c.SendString("passed") })
		r := httptest.NewRequest(c.method, "/", nil)
		r.Host = "shop.example"
		r.Header.Set("Origin", c.origin)
		res, err := app.Test(r, fiber.TestConfig{})
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != c.want {
			t.Errorf("%s from %s: %d, want %d", c.method, c.origin, res.StatusCode, c.want)
		}
	}
}

// The app answers a refusal as its other errors.
func TestSameOriginAndTheErrorHandler(t *testing.T) {
	t.Parallel()
	app := fiber.New(fiber.Config{ErrorHandler: func(c fiber.Ctx, err error) error {
		return c.Status(err.(*fiber.Error).Code + 1).SendString("own")
	}})
	app.Use(fibersession.SameOrigin(nil))
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := app.Test(r)
	if err != nil || res.StatusCode != http.StatusForbidden+1 {
		t.Errorf("%v, %v", res, err)
	}
}
