package httpsession_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/httpsession"
)

// Whoever asks for the session outside the middleware is found, and the finding
// names the route and the line that puts it right.
func TestWrongOrder(t *testing.T) {
	places := map[string]string{"RequireUser": "a middleware that runs before a route is chosen", "handler": "GET /cart/{id}"}
	asks := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { httpsession.Get(r) })
	for name, wrap := range map[string]func(http.Handler) http.Handler{
		"RequireUser": httpsession.RequireUser(nil),
		"handler": func(http.Handler) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("GET /cart/{id}", asks)
			return mux
		},
	} {
		t.Run(name, func(t *testing.T) {
			sessions := newManager(t)
			mux := http.NewServeMux()
			mux.Handle("GET /cart/{id}", asks)
			app := wrap(httpsession.Install(mux, sessions, nil))
			for range 2 {
				app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/cart/7", nil))
			}
			for _, f := range sessions.Diagnostics().Findings(t.Context()) {
				if f.ID == "middleware-order" && f.Severity == check.Error &&
					strings.Contains(f.Message, places[name]) && strings.Contains(f.Fix, "httpsession.Install(") {
					return
				}
			}
			t.Errorf("findings: %v", sessions.Diagnostics().Findings(t.Context()))
		})
	}
}

// In the right order there is nothing to find.
func TestRightOrder(t *testing.T) {
	sessions := newManager(t)
	mux := http.NewServeMux()
	mux.Handle("GET /cart", httpsession.RequireUser(nil)(http.NotFoundHandler()))
	app := httpsession.Install(mux, sessions, nil)
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/cart", nil))
	if seen := sessions.Diagnostics().Facts(t.Context()).Observed.SessionBeforeSetup; len(seen) > 0 || w.Code != http.StatusUnauthorized {
		t.Errorf("status %d, found: %q", w.Code, seen)
	}
}
