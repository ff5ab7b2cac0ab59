package echosession_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	echosession "github.com/gosessionkit/sessionkit/adapters/echov5"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A logger inside the session middleware sees the status that is answered
// when the session cannot be saved.
func TestLoggerInside(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	e := newEcho(t, store)
	var logged []int
	e.Use(middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
		LogStatus: true,
		LogValuesFunc: func(_ *echo.Context, v middleware.RequestLoggerValues) error {
			logged = append(logged, v.Status)
			return nil
		},
	}))
	e.GET("/set", func(c *echo.Context) error {
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

func TestRecover(t *testing.T) {
	e := newEcho(t, memstore.New(0), middleware.RecoverWithConfig(middleware.RecoverConfig{DisablePrintStack: true}))
	e.GET("/set", func(c *echo.Context) error { return set(c, "red") })
	e.GET("/panic", func(c *echo.Context) error {
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
		LogStatus: true, HandleError: true,
		LogValuesFunc: func(_ *echo.Context, v middleware.RequestLoggerValues) error {
			status, cause = v.Status, v.Error
			return nil
		},
	})
	e := newEcho(t, store, logger, middleware.Gzip()) // which writes the status once more
	answers(e, func(c *echo.Context) error { return set(c, "red") })
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

// A logger sees what became of a request with two sessions too, of which the outer
// one cannot be saved.
func TestLoggerOutsideOfTwo(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	outer := newManager(t, store)
	inner, err := session.NewManager(t.Context(), config.Config{Mode: config.Test, Cookie: config.Cookie{Name: "inner"}}, memstore.New(0))
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	var status int
	logger := middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
		LogStatus: true,
		LogValuesFunc: func(_ *echo.Context, v middleware.RequestLoggerValues) error {
			status = v.Status
			return nil
		},
	})
	e := quietEcho()
	e.Use(logger, echosession.Middleware(outer), echosession.Middleware(inner))
	e.GET("/set", func(c *echo.Context) error {
		s, err := outer.From(c.Request().Context())
		if err == nil {
			err = session.Set(s, "color", "red")
		}
		if err != nil {
			return err
		}
		return c.String(http.StatusOK, "fine")
	})
	store.Close()
	visit(t, e).want("/set", http.StatusServiceUnavailable, "")
	if status != http.StatusServiceUnavailable {
		t.Errorf("logged %d", status)
	}
}

// An error that the handler or a middleware has given a status for Echo stays what
// it is.
func TestOwnErrorStays(t *testing.T) {
	e := newEcho(t, memstore.New(0))
	e.GET("/mine", func(*echo.Context) error {
		return echo.NewHTTPError(http.StatusTeapot, "mine").Wrap(session.ErrUnavailable)
	})
	e.GET("/sentinel", func(*echo.Context) error { return fmt.Errorf("%w: %w", session.ErrUnavailable, echo.ErrForbidden) })
	v := visit(t, e)
	v.want("/mine", http.StatusTeapot, `{"message":"mine"}`+"\n")
	v.want("/sentinel", http.StatusForbidden, `{"message":"Forbidden"}`+"\n")
}

// Middleware that loses the request's context does not lose the session.
func TestRequestReplaced(t *testing.T) {
	e := newEcho(t, memstore.New(0))
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			c.SetRequest(c.Request().WithContext(context.Background()))
			return next(c)
		}
	})
	e.GET("/set", func(c *echo.Context) error { return set(c, "red") })
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
	e := quietEcho()
	e.Use(echosession.Middleware(newManager(t, store), echosession.WithErrorHandler(func(w http.ResponseWriter, _ *http.Request, err error) {
		w.WriteHeader(http.StatusBadGateway)
		io.WriteString(w, "sorry")
	})))
	answers(e, func(c *echo.Context) error { return set(c, "red") })
	store.Close()
	v := visit(t, e)
	for path := range wanted {
		v.want(path, http.StatusBadGateway, "sorry")
	}
}
