package app

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v5"

	echosession "github.com/gosessionkit/sessionkit/adapters/echov5"
)

func openKitEchoV5(st Storage) (*App, error) {
	sessions, err := openKit(st)
	if err != nil {
		return nil, err
	}
	e := echo.New()
	if err := echosession.Install(e, sessions, nil); err != nil {
		return nil, err
	}
	e.GET("/plain", echoV5Plain)
	for _, route := range kit.routes() {
		e.GET(route.path, func(c *echo.Context) error {
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

func echoV5Plain(c *echo.Context) error { return c.String(http.StatusOK, "ok") }

func openLimitEchoV5(st Storage) (*App, error) {
	l := openLimit(st)
	e := echo.New()
	get := func(path string, work func(ctx context.Context, cookie string) error) {
		e.GET(path, func(c *echo.Context) error {
			if err := work(c.Request().Context(), c.Request().Header.Get("Cookie")); err != nil {
				return err
			}
			return c.String(http.StatusOK, "ok")
		})
	}
	e.GET("/plain", echoV5Plain)
	get("/read", l.read)
	get("/write", l.write)
	e.GET("/fill", func(c *echo.Context) error {
		cookie, err := l.fill(c.Request().Context())
		if err != nil {
			return err
		}
		c.Response().Header().Set("Set-Cookie", cookie)
		return c.String(http.StatusOK, "ok")
	})
	return &App{HTTP: e, close: l.close}, nil
}

func openContextEchoV5(Storage) (*App, error) {
	e := echo.New()
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			c.SetRequest(c.Request().WithContext(withValue(c.Request().Context())))
			return next(c)
		}
	})
	e.GET("/plain", echoV5Plain)
	return &App{HTTP: e}, nil
}
