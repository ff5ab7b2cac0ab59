package chisession_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-chi/chi/v5"

	chisession "github.com/gosessionkit/sessionkit/adapters/chi"
)

// A part of a router may have the session alone, also behind routes of the router
// around it; what chi refuses is an error.
func TestInstallOnAPart(t *testing.T) {
	t.Parallel()
	sessions := newManager(t)
	debug := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "debug") })
	ask := func(w http.ResponseWriter, r *http.Request) {
		_, err := chisession.Get(r)
		fmt.Fprint(w, err == nil)
	}
	root := chi.NewRouter()
	root.Get("/plain", ask)
	root.Group(func(r chi.Router) {
		if err := chisession.Install(r, sessions, debug); err != nil {
			t.Error("in a group:", err)
		}
		r.Get("/group", ask)
	})
	root.Route("/part", func(r chi.Router) {
		if err := chisession.Install(r, sessions, debug); err != nil {
			t.Error("in a route:", err)
		}
		r.Get("/in", ask)
	})
	if err := chisession.Install(root, sessions, nil); err != chisession.ErrRoutesBefore {
		t.Error("behind routes of its own:", err)
	}
	for path, want := range map[string]string{"/plain": "false", "/group": "true", "/part/in": "true", "/debug": "debug", "/debug/store": "debug", "/part/debug/": "debug"} {
		w := httptest.NewRecorder()
		root.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Body.String() != want {
			t.Errorf("%s: %d %q, want %q", path, w.Code, w.Body, want)
		}
	}
}
