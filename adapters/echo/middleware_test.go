package echosession_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	echosession "github.com/gosessionkit/sessionkit/adapters/echo"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

var text = strings.Repeat("compress me ", 1000)

// answers are ways to end, for apps with other middleware around.
func answers(e *echo.Echo, before func(c echo.Context) error) {
	for path, answer := range map[string]echo.HandlerFunc{
		"/long":   func(c echo.Context) error { return c.String(http.StatusOK, text) },
		"/short":  func(c echo.Context) error { return c.String(http.StatusOK, "short") },
		"/status": func(c echo.Context) error { return c.NoContent(http.StatusNoContent) },
		"/none":   func(c echo.Context) error { return nil },
		"/error":  func(c echo.Context) error { return echo.NewHTTPError(http.StatusTeapot, "teapot") },
		"/flush": func(c echo.Context) error {
			io.WriteString(c.Response(), text)
			c.Response().Flush()
			return nil
		},
	} {
		e.GET(path, func(c echo.Context) error {
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
	"/error": {http.StatusTeapot, `{"message":"teapot"}` + "\n"},
}

// Middleware that puts its own writer in front, outside the session's and
// inside it: it may wait with the answer, copy it, and take its writer away
// before Echo answers an error.
func TestOtherWriters(t *testing.T) {
	ignore := func(echo.Context, []byte, []byte) {}
	for name, other := range map[string]func() echo.MiddlewareFunc{
		"Gzip":           middleware.Gzip,
		"Gzip MinLength": func() echo.MiddlewareFunc { return middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1000}) },
		"BodyDump":       func() echo.MiddlewareFunc { return middleware.BodyDump(ignore) },
		"never restored": func() echo.MiddlewareFunc { return leaveWriter },
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

// A logger inside the session middleware sees the status that is answered
// when the session cannot be saved.
func TestLoggerInside(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	e := newEcho(t, store)
	var logged []int
	e.Use(middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
		LogStatus: true,
		LogValuesFunc: func(_ echo.Context, v middleware.RequestLoggerValues) error {
			logged = append(logged, v.Status)
			return nil
		},
	}))
	e.GET("/set", func(c echo.Context) error {
		if err := set(c, "red"); err != nil {
			return err
		}
		return c.String(http.StatusOK, "fine")
	})
	v := visit(t, e)
	store.Close()
	v.want("/set", http.StatusServiceUnavailable, "")
	if len(logged) != 1 || logged[0] != http.StatusServiceUnavailable {
		t.Errorf("logged %v", logged)
	}
}

// leaveWriter puts a writer in front and leaves it there.
func leaveWriter(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Writer = &leftWriter{c.Response().Writer}
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
		answers(e, func(c echo.Context) error { return set(c, "red") })
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

func TestRecover(t *testing.T) {
	e := newEcho(t, memstore.New(0), middleware.RecoverWithConfig(middleware.RecoverConfig{DisablePrintStack: true}))
	e.GET("/set", func(c echo.Context) error { return set(c, "red") })
	e.GET("/panic", func(c echo.Context) error {
		if err := set(c, "blue"); err != nil {
			return err
		}
		panic("in the handler")
	})
	v := visit(t, e)
	if res := v.want("/panic", http.StatusInternalServerError, ""); res.Header.Get("Set-Cookie") != "" {
		t.Error("a new session was saved after a panic")
	}
	v.want("/set", http.StatusOK, "")
	v.want("/panic", http.StatusInternalServerError, "")
	v.want("/value", http.StatusOK, "color red")
}

// A logger outside sees what became of the request.
func TestLoggerOutside(t *testing.T) {
	store := memstore.New(0)
	var status int
	var cause error
	logger := middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
		LogStatus: true, LogError: true, HandleError: true,
		LogValuesFunc: func(_ echo.Context, v middleware.RequestLoggerValues) error {
			status, cause = v.Status, v.Error
			return nil
		},
	})
	e := newEcho(t, store, logger)
	answers(e, func(c echo.Context) error { return set(c, "red") })
	v := visit(t, e)
	v.want("/short", http.StatusOK, "short")
	if status != http.StatusOK || cause != nil {
		t.Errorf("logged %d, %v", status, cause)
	}
	store.Close()
	v.want("/value", http.StatusServiceUnavailable, "")
	if status != http.StatusServiceUnavailable || !errors.Is(cause, session.ErrClosed) {
		t.Errorf("reading failed, logged %d, %v", status, cause)
	}
	for path := range wanted {
		if visit(t, e).want(path, http.StatusServiceUnavailable, ""); status != http.StatusServiceUnavailable {
			t.Errorf("GET %s: saving failed, logged %d, %v", path, status, cause)
		}
	}
}

// An error that the handler or a middleware made an HTTPError itself stays
// what it is.
func TestOwnErrorStays(t *testing.T) {
	e := newEcho(t, memstore.New(0))
	e.GET("/mine", func(echo.Context) error {
		return echo.NewHTTPError(http.StatusTeapot, "mine").SetInternal(session.ErrUnavailable)
	})
	visit(t, e).want("/mine", http.StatusTeapot, `{"message":"mine"}`+"\n")
}

// Middleware that loses the request's context does not lose the session.
func TestRequestReplaced(t *testing.T) {
	e := newEcho(t, memstore.New(0))
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.SetRequest(c.Request().WithContext(context.Background()))
			return next(c)
		}
	})
	e.GET("/set", func(c echo.Context) error { return set(c, "red") })
	v := visit(t, e)
	v.want("/set", http.StatusOK, "")
	v.want("/value", http.StatusOK, "color red")
}

func TestRoutesBeforeInstallAndGroups(t *testing.T) {
	e := echo.New()
	e.GET("/early", value)
	sessions := newManager(t, memstore.New(0))
	if err := echosession.Install(e, sessions, nil); err != nil {
		t.Fatal(err)
	}
	e.Group("/private", echosession.RequireUser(nil)).GET("/value", value)
	v := visit(t, e)
	v.want("/early", http.StatusOK, "color ")
	v.want("/private/value", http.StatusUnauthorized, "")
}

func TestErrorHandler(t *testing.T) {
	store := memstore.New(0)
	e := echo.New()
	e.Use(echosession.Middleware(newManager(t, store), echosession.WithErrorHandler(func(w http.ResponseWriter, _ *http.Request, err error) {
		w.WriteHeader(http.StatusBadGateway)
		io.WriteString(w, "sorry")
	})))
	answers(e, func(c echo.Context) error { return set(c, "red") })
	store.Close()
	v := visit(t, e)
	for path := range wanted {
		v.want(path, http.StatusBadGateway, "sorry")
	}
}
