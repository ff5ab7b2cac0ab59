package echosession_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

func ignore(*echo.Context, []byte, []byte, error) {}

var text = strings.Repeat("compress me ", 1000)

// answers are ways to end, for apps with other middleware around.
func answers(e *echo.Echo, before func(c *echo.Context) error) {
	for path, answer := range map[string]echo.HandlerFunc{
		"/long":   func(c *echo.Context) error { return c.String(http.StatusOK, text) },
		"/short":  func(c *echo.Context) error { return c.String(http.StatusOK, "short") },
		"/status": func(c *echo.Context) error { return c.NoContent(http.StatusNoContent) },
		"/none":   func(c *echo.Context) error { return nil },
		"/error":  func(c *echo.Context) error { return echo.NewHTTPError(http.StatusTeapot, "teapot") },
		"/json":   func(c *echo.Context) error { return c.JSON(http.StatusOK, text) },
		"/direct": func(c *echo.Context) error { // past writers of other middleware
			res := c.Response()
			if below, err := echo.UnwrapResponse(res); err == nil {
				res = below
			}
			_, err := io.WriteString(res, "direct")
			return err
		},
		"/flush": func(c *echo.Context) error {
			io.WriteString(c.Response(), text)
			http.NewResponseController(c.Response()).Flush()
			return nil
		},
	} {
		e.GET(path, func(c *echo.Context) error {
			if err := before(c); err != nil {
				return err
			}
			return answer(c)
		})
	}
}

var wanted = map[string]struct {
	status int
	body   string
}{
	"/long": {http.StatusOK, text}, "/short": {http.StatusOK, "short"}, "/status": {http.StatusNoContent, ""},
	"/none": {http.StatusOK, ""}, "/flush": {http.StatusOK, text},
	"/json": {http.StatusOK, `"` + text + `"` + "\n"}, "/direct": {http.StatusOK, "direct"},
	"/error": {http.StatusTeapot, `{"message":"teapot"}` + "\n"},
}

// Middleware that puts its own writer in front, outside the session's and
// inside it: it may wait with the answer, copy it, and take its writer away
// before Echo answers an error.
func TestOtherWriters(t *testing.T) {
	for name, other := range map[string]func() echo.MiddlewareFunc{
		"Gzip":           middleware.Gzip,
		"Gzip MinLength": func() echo.MiddlewareFunc { return middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1000}) },
		"BodyDump":       func() echo.MiddlewareFunc { return middleware.BodyDump(ignore) },
		"never restored": func() echo.MiddlewareFunc { return leaveWriter },
		"hidden":         func() echo.MiddlewareFunc { return hideResponse },
		"another":        func() echo.MiddlewareFunc { return anotherResponse },
		"WrapMiddleware": func() echo.MiddlewareFunc {
			return echo.WrapMiddleware(http.NewCrossOriginProtection().Handler)
		},
		"Gzip MinLength around another": func() echo.MiddlewareFunc {
			zip := middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1000})
			return func(next echo.HandlerFunc) echo.HandlerFunc { return zip(anotherResponse(next)) }
		},
	} {
		t.Run(name+" outside", func(t *testing.T) {
			t.Parallel()
			otherWriter(t, func(store driver.Store) *echo.Echo { return newEcho(t, store, other()) })
		})
		t.Run(name+" inside", func(t *testing.T) {
			t.Parallel()
			otherWriter(t, func(store driver.Store) *echo.Echo {
				e := newEcho(t, store)
				e.Use(other())
				return e
			})
		})
	}
}

// leaveWriter puts a writer in front and leaves it there.
func leaveWriter(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		c.SetResponse(&leftWriter{c.Response()})
		return next(c)
	}
}

// hideResponse puts one in front for as long as the request takes.
func hideResponse(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		defer c.SetResponse(c.Response())
		c.SetResponse(&leftWriter{c.Response()})
		return next(c)
	}
}

// anotherResponse gives the request a Response of its own, twice.
func anotherResponse(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		defer c.SetResponse(c.Response())
		c.SetResponse(echo.NewResponse(echo.NewResponse(c.Response(), c.Logger()), c.Logger()))
		return next(c)
	}
}

// leftWriter hides what is below but for flushing.
type leftWriter struct{ http.ResponseWriter }

func (w *leftWriter) Flush() { w.ResponseWriter.(http.Flusher).Flush() }

func otherWriter(t *testing.T, build func(store driver.Store) *echo.Echo) {
	for path, want := range wanted {
		store := memstore.New(0)
		e := build(store)
		answers(e, func(c *echo.Context) error { return set(c, "red") })
		v := visit(t, e)
		if res := v.want(path, want.status, want.body); res.Header.Get("Set-Cookie") == "" {
			t.Errorf("GET %s: no cookie", path)
		}
		v.want("/value", http.StatusOK, "color red")

		store.Close()
		unlucky := visit(t, e)
		res := unlucky.want(path, http.StatusServiceUnavailable, `{"message":"Service Unavailable"}`+"\n")
		if res.Header.Get("Retry-After") != "1" || res.Header.Get("Set-Cookie") != "" {
			t.Errorf("GET %s when the session cannot be saved: headers %v", path, res.Header)
		}
	}
}
