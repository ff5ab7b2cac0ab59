package app

import (
	"net/http"

	"github.com/labstack/echo/v4"

	echosession "github.com/gosessionkit/sessionkit/adapters/echo"
)

func openKitEcho(st Storage) (*App, error) {
	sessions, err := openKit(st)
	if err != nil {
		return nil, err
	}
	e := echo.New()
	if err := echosession.Install(e, sessions, nil); err != nil {
		return nil, err
	}
	e.GET("/plain", echoPlain)
	for _, route := range kit.routes() {
		e.GET(route.path, func(c echo.Context) error {
			s, err := echosession.Get(c)
			if err != nil {
				return err
			}
			text, err := route.work(kitVisit{s, c.Request().Context()})
			if err != nil {
				return err
			}
			return c.String(http.StatusOK, text)
		})
	}
	return &App{HTTP: e, Store: sessions.Store(), close: sessions.Close}, nil
}

func echoPlain(c echo.Context) error { return c.String(http.StatusOK, "ok") }
