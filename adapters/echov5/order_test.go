package echosession_test

import (
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v5"

	echosession "github.com/gosessionkit/sessionkit/adapters/echov5"
	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A middleware that asks for the session before it is there is found, and the
// finding names the route.
func TestWrongOrder(t *testing.T) {
	t.Run("Get", func(t *testing.T) {
		wrongOrder(t, func(next echo.HandlerFunc) echo.HandlerFunc {
			return func(c *echo.Context) error {
				echosession.Get(c) // and goes on without it
				return next(c)
			}
		})
	})
	t.Run("RequireUser", func(t *testing.T) { wrongOrder(t, echosession.RequireUser(nil)) })
}

func wrongOrder(t *testing.T, early echo.MiddlewareFunc) {
	sessions, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, memstore.New(0), session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	defer sessions.Close()
	e := echo.New()
	e.Use(early)
	echosession.Install(e, sessions, nil)
	e.GET("/cart/:id", func(c *echo.Context) error { return nil })
	for range 2 {
		e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/cart/7", nil))
	}
	wrong := sessions.Diagnostics().Facts(t.Context()).Observed.SessionBeforeSetup
	if len(wrong) != 1 || wrong[0] != "GET /cart/:id" {
		t.Errorf("noticed: %q", wrong)
	}
	for _, f := range sessions.Diagnostics().Findings(t.Context()) {
		if f.ID == "middleware-order" && f.Severity == check.Error {
			return
		}
	}
	t.Errorf("findings: %v", sessions.Diagnostics().Findings(t.Context()))
}
