package chisession_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/gosessionkit/sessionkit/adapters/chi"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// The usual pprof of a chi app stays where it is, and middleware may still be
// added after Install.
func TestDebugBesideProfiler(t *testing.T) {
	t.Parallel()
	sessions, err := session.NewManager(config.Config{Mode: config.Test}, session.NewMemoryStore(0))
	if err != nil {
		t.Fatal(err)
	}
	defer sessions.Close()
	r := chi.NewRouter()
	ours := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ours") })
	if err := chisession.Install(r, sessions, ours); err != nil {
		t.Fatal(err)
	}
	r.Use(middleware.Recoverer)
	r.Mount("/debug", middleware.Profiler())
	r.Get("/", func(http.ResponseWriter, *http.Request) {})
	for path, want := range map[string]bool{"/debug/session": true, "/debug/workers": true, "/debug/pprof/cmdline": false, "/": false} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if got := w.Body.String() == "ours"; got != want {
			t.Errorf("%s: ours is %v, want %v (%d)", path, got, want, w.Code)
		}
	}
}
