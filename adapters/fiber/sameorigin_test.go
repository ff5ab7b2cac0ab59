package fibersession_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/gofiber/fiber/v2"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiber"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
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
		app.All("/*", func(c *fiber.Ctx) error { return c.SendString("passed") })
		r := httptest.NewRequest(c.method, "/", nil)
		r.Host = "shop.example"
		r.Header.Set("Origin", c.origin)
		res, err := app.Test(r, -1)
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
	app := fiber.New(fiber.Config{ErrorHandler: func(c *fiber.Ctx, err error) error {
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

// A token in a header that decides lets a request pass, whatever page sent it.
func TestSameOriginAndTokens(t *testing.T) {
	t.Parallel()
	mixed := sessiontest.NewManager(t, session.WithTokenFrom(config.TokenBearer, config.TokenCookie))
	for _, c := range []struct {
		name          string
		sessions      []*session.Manager
		authorization string
		want          int
	}{
		{"a token", []*session.Manager{mixed}, "Bearer x", http.StatusOK},
		{"Basic", []*session.Manager{mixed}, "Basic x", http.StatusForbidden},
		{"cookies alone", []*session.Manager{sessiontest.NewManager(t)}, "Bearer x", http.StatusForbidden},
		{"nobody's sessions", nil, "Bearer x", http.StatusForbidden},
	} {
		app := fiber.New(fiber.Config{DisableStartupMessage: true})
		app.Use(fibersession.SameOrigin(nil, c.sessions...))
		app.All("/", func(c *fiber.Ctx) error { return nil })
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Cookie", "session=x")
		r.Header.Set("Authorization", c.authorization)
		if res, err := app.Test(r, -1); err != nil || res.StatusCode != c.want {
			t.Errorf("%s: %v, %v, want %d", c.name, res, err, c.want)
		}
	}
}

// An app may have Fiber leave the names of headers as they came.
func TestTokenInHeaderAsItCame(t *testing.T) {
	t.Parallel()
	sessions := sessiontest.NewManager(t, session.WithTokenFrom(config.TokenHeader("X-Session")))
	app := fiber.New(fiber.Config{DisableStartupMessage: true, DisableHeaderNormalizing: true})
	if err := fibersession.Install(app, sessions, nil); err != nil {
		t.Fatal(err)
	}
	app.Get("/", func(c *fiber.Ctx) error {
		s, err := fibersession.Get(c)
		if err != nil {
			return err
		}
		n, err := session.Update(s, "n", func(n int) (int, error) { return n + 1, nil })
		if err != nil {
			return err
		}
		return c.JSON(n)
	})
	token := ""
	for n, name := range []string{"X-Session", "x-session", "X-SESSION"} {
		r := httptest.NewRequest("GET", "/", nil)
		if r.Header[name] = []string{token}; token == "" {
			delete(r.Header, name)
		}
		res, err := app.Test(r, -1)
		if err != nil {
			t.Fatal(err)
		}
		if body, _ := io.ReadAll(res.Body); string(body) != strconv.Itoa(n+1) {
			t.Errorf("%s: %s", name, body)
		}
		if new := res.Header.Get("X-Session"); new != "" {
			token = new
		}
	}
}
