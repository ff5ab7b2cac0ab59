package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiber"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// A post with the token of the form passes, on whatever worker, and none without it or
// with that of another visitor. Who only sees the form has no session.
func TestToken(t *testing.T) {
	sessions := sessiontest.NewManager(t)
	first, second := newApp(t, sessions), newApp(t, sessions)
	form := func() (token string, cookies []*http.Cookie) {
		res, body := first(httptest.NewRequest("GET", "/form", nil))
		for _, cookie := range res.Cookies() {
			if cookie.Name == "session" {
				t.Error("who sees the form has a session")
			}
		}
		if res.StatusCode != 200 || body == "" {
			t.Fatalf("%s %q", res.Status, body)
		}
		return body, res.Cookies()
	}
	post := func(app app, token string, cookies []*http.Cookie) int {
		req := httptest.NewRequest("POST", "/form", strings.NewReader(url.Values{"csrf": {token}}.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, cookie := range cookies {
			req.AddCookie(cookie)
		}
		sessiontest.LogIn(t, sessions, req, "ada")
		res, _ := app(req)
		return res.StatusCode
	}
	token, cookies := form()
	others, _ := form()
	if status := post(first, token, cookies); status != 200 {
		t.Errorf("on the same worker: %d", status)
	}
	if status := post(second, token, cookies); status != 200 {
		t.Errorf("on another worker: %d", status)
	}
	for name, status := range map[string]int{"without a token": post(first, "", cookies), "with another's": post(first, others, cookies), "without the cookie": post(first, token, nil)} {
		if status < 400 || status >= 500 {
			t.Errorf("%s: %d", name, status)
		}
	}
}

type app func(*http.Request) (*http.Response, string)

func newApp(t *testing.T, sessions *session.Manager) app {
	app := fiber.New()
	if err := fibersession.Install(app, sessions, nil); err != nil {
		t.Fatal(err)
	}
	protectFiber(app, sessions)
	app.Get("/form", func(c *fiber.Ctx) error {
		token, _ := c.Locals("csrf").(string)
		return c.SendString(token)
	})
	app.Post("/form", func(c *fiber.Ctx) error {
		user, err := auth.Require(c.UserContext())
		if err != nil {
			return err
		}
		return c.SendString(user)
	})
	return func(req *http.Request) (*http.Response, string) {
		res, err := app.Test(req, -1)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, string(body)
	}
}
