package echosession_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	echosession "github.com/gosessionkit/sessionkit/adapters/echov5"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Middleware inside the session's that has errors answered itself: those of the
// kit have their status, and a 500 has one line in the log.
func TestErrorsAnsweredInside(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, memstore.New(0), session.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	for name, other := range map[string]echo.MiddlewareFunc{
		"BodyDump": middleware.BodyDump(ignore),
		"RequestLogger": middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{HandleError: true,
			LogValuesFunc: func(*echo.Context, middleware.RequestLoggerValues) error { return nil }}),
		"none": func(next echo.HandlerFunc) echo.HandlerFunc { return next },
	} {
		e := quietEcho()
		if err := echosession.Install(e, m, nil); err != nil {
			t.Fatal(err)
		}
		e.Use(other)
		e.GET("/gone", func(*echo.Context) error { return session.ErrGone })
		e.GET("/app", func(*echo.Context) error { return errors.New("the app's own") })
		e.GET("/type", func(*echo.Context) error { return &session.TypeError{Key: "k-" + name, Op: "decode"} })
		v := visit(t, e)
		v.want("/gone", http.StatusConflict, `{"message":"Conflict"}`+"\n")
		v.want("/app", http.StatusInternalServerError, "")
		v.want("/type", http.StatusInternalServerError, `{"message":"Internal Server Error"}`+"\n")
		if n := strings.Count(log.String(), "k-"+name); n != 1 {
			t.Errorf("%s: %d lines of the log have the error: %s", name, n, &log)
		}
	}
}
