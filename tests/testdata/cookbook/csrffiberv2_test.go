package main

import (
	"io"
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v2"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiber"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/session"
)

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
