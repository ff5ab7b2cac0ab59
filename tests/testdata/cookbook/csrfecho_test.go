package main

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/labstack/echo/v5"

	echosession "github.com/gosessionkit/sessionkit/adapters/echov5"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/session"
)

func newApp(t *testing.T, sessions *session.Manager) app {
	e := echo.New()
	if err := echosession.Install(e, sessions, nil); err != nil {
		t.Fatal(err)
	}
	protectEcho(e)
	e.GET("/form", func(c *echo.Context) error { return c.String(http.StatusOK, fmt.Sprint(c.Get("csrf"))) })
	e.POST("/form", func(c *echo.Context) error {
		user, err := auth.Require(c.Request().Context())
		if err != nil {
			return err
		}
		return c.String(http.StatusOK, user)
	})
	return recorded(e)
}
