package chisession_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	chisession "github.com/gosessionkit/sessionkit/adapters/chi"
	"github.com/gosessionkit/sessionkit/core/check"
)

// Whoever asks for the session before the middleware has run is found, and the
// finding names the route and the line that puts it right.
func TestWrongOrder(t *testing.T) {
	for name, early := range map[string]func(http.Handler) http.Handler{
		"RequireUser": chisession.RequireUser(nil),
		"Get": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				chisession.Get(r) // and goes on without it
				next.ServeHTTP(w, r)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			sessions := newManager(t)
			r := chi.NewRouter()
			r.Use(early)
			if err := chisession.Install(r, sessions, nil); err != nil {
				t.Fatal(err)
			}
			r.Get("/cart", func(http.ResponseWriter, *http.Request) {})
			for range 2 {
				r.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/cart", nil))
			}
			for _, f := range sessions.Diagnostics().Findings(t.Context()) {
				if f.ID == "middleware-order" && f.Severity == check.Error &&
					strings.Contains(f.Message, "a middleware that runs before a route is chosen") && strings.Contains(f.Fix, "chisession.Install(") {
					return
				}
			}
			t.Errorf("findings: %v", sessions.Diagnostics().Findings(t.Context()))
		})
	}
}
