package main

import (
	"net/http"

	"github.com/labstack/echo/v4"

	echosession "github.com/gosessionkit/sessionkit/adapters/echo"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/examples/internal/input"
)

// newApp is the whole app but for its processes, as its tests have it too.
func newApp(sessions *session.Manager) (*echo.Echo, error) {
	e := echo.New()
	e.IPExtractor = echo.ExtractIPDirect() // no proxy is believed who the client is
	e.HTTPErrorHandler = onError(e)
	e.Use(echo.WrapMiddleware(http.NewCrossOriginProtection().Handler)) // another site's page must not press our buttons
	if err := echosession.Install(e, sessions, debug.New(sessions)); err != nil {
		return nil, err
	}
	a := app{sessions}
	e.GET("/", a.page)
	e.GET("/plain", a.plain)
	e.GET("/me", a.me)
	e.POST("/login", a.login)
	e.POST("/logout", a.logout)
	e.POST("/logout-everywhere", a.logoutEverywhere)
	e.POST("/logout-others", a.logoutOthers, echosession.RequireUser(a.denied))
	e.POST("/logout-device", a.logoutDevice, echosession.RequireUser(a.denied))
	e.POST("/count", a.count)
	e.POST("/items", a.putItem)
	e.GET("/items/:key", a.getItem)
	e.POST("/slow-items", a.putItemSlowly)
	e.GET("/stream", a.stream)
	e.GET("/private", a.private, echosession.RequireUser(a.denied))
	return e, nil
}

// onError answers a visitor's mistake, and leaves other errors to Echo. Those
// of the session have their status already.
func onError(e *echo.Echo) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if text, ok := input.Mistake(err); ok {
			err = echo.NewHTTPError(http.StatusBadRequest, text)
		}
		e.DefaultHTTPErrorHandler(err, c)
	}
}
