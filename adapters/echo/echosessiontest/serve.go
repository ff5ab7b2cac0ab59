// Package echosessiontest serves the apps of package adaptertest with the Echo
// adapter, for its own tests and those that bring adapters and stores together.
package echosessiontest

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/labstack/echo/v4"

	echosession "github.com/gosessionkit/sessionkit/adapters/echo"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Serve serves app with Echo.
func Serve(t testing.TB, app adaptertest.App) string {
	e := echo.New()
	e.Logger.SetOutput(io.Discard)
	if app.OnError != nil {
		e.HTTPErrorHandler = func(err error, c echo.Context) {
			if !c.Response().Committed {
				app.OnError(exchange{c}, err)
			}
		}
	}
	var r router = e
	if app.Prefix != "" {
		r = e.Group(app.Prefix)
	}
	if app.Sessions != nil {
		if err := echosession.Install(r, app.Sessions, app.Debug); err != nil {
			t.Fatal(err)
		}
	}
	if app.LoseContext {
		r.Use(loseContext)
	}
	for _, route := range app.Routes {
		var stack []echo.MiddlewareFunc
		for _, sessions := range app.Inner {
			stack = append(stack, echosession.Middleware(sessions))
		}
		if route.RequireUser {
			stack = append(stack, echosession.RequireUser(Handler(route.Denied)))
		}
		if route.RequireFresh != 0 {
			stack = append(stack, echosession.RequireFresh(route.RequireFresh, Handler(route.Denied)))
		}
		r.Add(route.Method, route.Path, Handler(route.Handle), stack...)
	}
	if app.CatchAll != nil {
		r.Any("/*", Handler(app.CatchAll))
		r.Any("/:a/:b", Handler(app.CatchAll))
	}
	return app.Serve(t, e)
}

// router is an Echo or a Group.
type router interface {
	echosession.Router
	Add(method, path string, h echo.HandlerFunc, middleware ...echo.MiddlewareFunc) *echo.Route
}

func loseContext(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.SetRequest(c.Request().WithContext(context.Background()))
		return next(c)
	}
}

// Handler is a handler of package adaptertest in Echo's terms; nil stays nil.
func Handler(handle func(adaptertest.Exchange) error) echo.HandlerFunc {
	if handle == nil {
		return nil
	}
	return func(c echo.Context) error { return handle(exchange{c}) }
}

// exchange is an adaptertest.Exchange in Echo's terms.
type exchange struct{ c echo.Context }

func (x exchange) Session() (*session.Session, error)   { return echosession.Get(x.c) }
func (x exchange) Context() context.Context             { return x.c.Request().Context() }
func (x exchange) Query(name string) string             { return x.c.QueryParam(name) }
func (x exchange) SetHeader(name, value string)         { x.c.Response().Header().Set(name, value) }
func (x exchange) AddHeader(name, value string)         { x.c.Response().Header().Add(name, value) }
func (x exchange) Redirect(status int, to string) error { return x.c.Redirect(status, to) }
func (x exchange) Fail(status int) error                { return echo.NewHTTPError(status) }
func (x exchange) HTTP() (http.ResponseWriter, *http.Request) {
	return x.c.Response().Writer, x.c.Request()
}

func (x exchange) Write(status int, body string) error {
	if body == "" {
		return x.c.NoContent(status)
	}
	return x.c.String(status, body)
}

func (x exchange) Stream(write func(*session.Session, func(string) error)) error {
	s, err := x.Session()
	if err != nil {
		return err
	}
	return adaptertest.StreamTo(x.c.Response(), func(send func(string) error) { write(s, send) })
}
