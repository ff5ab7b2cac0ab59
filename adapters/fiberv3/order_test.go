package fibersession_test

import (
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v3"

	"github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A middleware that asks for the session before it is there is found, and the
// finding names the route.
func TestWrongOrder(t *testing.T) {
	t.Run("Get", func(t *testing.T) {
		wrongOrder(t, func(c fiber.Ctx) error {
			fibersession.Get(c) // and goes on without it
			return c.Next()
		})
	})
	t.Run("RequireUser", func(t *testing.T) { wrongOrder(t, fibersession.RequireUser(nil)) })
}

func wrongOrder(t *testing.T, early fiber.Handler) {
	sessions, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, memstore.New(0))
	if err != nil {
		t.Fatal(err)
	}
	defer sessions.Close()
	app := fiber.New()
	app.Use(early)
	if err := fibersession.Install(app, sessions, nil); err != nil {
		t.Fatal(err)
	}
	app.Get("/cart/:id", func(c fiber.Ctx) error { return nil })
	for range 2 {
		if _, err := app.Test(httptest.NewRequest("GET", "/cart/7", nil)); err != nil {
			t.Fatal(err)
		}
	}
	if wrong := sessions.Diagnostics().Facts(t.Context()).Observed.SessionBeforeSetup; len(wrong) != 1 || wrong[0] != diagnose.BeforeRoute {
		t.Errorf("noticed: %q", wrong)
	}
	for _, f := range sessions.Diagnostics().Findings(t.Context()) {
		if f.ID == "middleware-order" && f.Severity == check.Error {
			return
		}
	}
	t.Errorf("findings: %v", sessions.Diagnostics().Findings(t.Context()))
}
