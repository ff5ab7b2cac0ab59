package fibersession_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/cache"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiber"
	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

// A page of one visitor that Fiber's cache keeps is found, with its route; one
// for which nobody asked for the session is none, nor is what NoCache keeps out.
func TestCacheThatKeepsSessionsIsFound(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		cfg  cache.Config
		path string
		want []string
	}{
		"leaks":     {cache.Config{}, "/value/7", []string{"GET /value/:id"}},
		"everybody": {cache.Config{}, "/news", nil},
		"NoCache":   {cache.Config{Next: fibersession.NoCache}, "/value/7", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &logbook{}
			app, sessions := fiber.New(), newManager(t, memstore.New(0), log)
			if err := fibersession.Install(app, sessions, nil); err != nil {
				t.Fatal(err)
			}
			app.Use(cache.New(tc.cfg))
			app.Get("/news", func(c *fiber.Ctx) error { return c.SendString("news") })
			app.Get("/value/:id", func(c *fiber.Ctx) error {
				if err := set(c, "red"); err != nil {
					return err
				}
				return c.SendString("red")
			})
			for range 2 {
				visit(t, app).want(tc.path, http.StatusOK, "")
			}
			if got := sessions.Diagnostics().Facts(t.Context()).Observed.KeptByCache; !slices.Equal(got, tc.want) {
				t.Errorf("kept: %q, want %q", got, tc.want)
			}
			found := slices.ContainsFunc(sessions.Diagnostics().Findings(t.Context()), func(f check.Finding) bool { return f.ID == "cache-keeps-sessions" })
			if found != (tc.want != nil) {
				t.Errorf("found: %v; the log:\n%s", found, log)
			}
		})
	}
}
