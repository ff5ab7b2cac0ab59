package main

import (
	"io"
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/csrf"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/session"
)

func newApp(t *testing.T, sessions *session.Manager) app {
	app := fiber.New()
	if err := fibersession.Install(app, sessions, nil); err != nil {
		t.Fatal(err)
	}
	protectFiber(app, sessions)
	app.Get("/form", func(c fiber.Ctx) error {
		token := csrf.TokenFromContext(c)
		return c.SendString(token)
	})
	app.Post("/form", func(c fiber.Ctx) error {
		user, err := auth.Require(c.Context())
		if err != nil {
			return err
		}
		return c.SendString(user)
	})
	return func(req *http.Request) (*http.Response, string) {
		res, err := app.Test(req, fiber.TestConfig{})
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
