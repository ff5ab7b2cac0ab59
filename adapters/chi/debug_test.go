package chisession_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	chisession "github.com/gosessionkit/sessionkit/adapters/chi"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// The usual pprof of a chi app stays where it is, and middleware may still be
// added after Install.
func TestDebugBesideProfiler(t *testing.T) {
	t.Parallel()
	sessions, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, memstore.New(0))
	if err != nil {
		t.Fatal(err)
	}
	defer sessions.Close()
	r := chi.NewRouter()
	if err := chisession.Install(r, sessions, ours); err != nil {
		t.Fatal(err)
	}
	r.Use(middleware.Recoverer)
	r.Mount("/debug", middleware.Profiler())
	r.Get("/", func(http.ResponseWriter, *http.Request) {})
	for path, want := range map[string]bool{"/debug/": true, "/debug/session": true, "/debug/workers": true, "/debug/pprof/cmdline": false, "/": false} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if got := w.Body.String() == "ours "+path; got != want {
			t.Errorf("%s: ours is %v, want %v (%d)", path, got, want, w.Code)
		}
	}
}

// All ways in which an app has a router catch everything: at the top, with
// parameters, in a router that is mounted, as what is not found.
func TestDebugBesideCatchAlls(t *testing.T) {
	t.Parallel()
	spa := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "the app") })
	for name, routes := range map[string]func(r chi.Router){
		"/*":            func(r chi.Router) { r.Handle("/*", spa) },
		"GET /*":        func(r chi.Router) { r.Get("/*", spa) },
		"/{a}/{b}":      func(r chi.Router) { r.Handle("/{a}", spa); r.Handle("/{a}/{b}", spa); r.Handle("/{a}/{b}/*", spa) },
		"regexp":        func(r chi.Router) { r.Handle("/{rest:.*}", spa) },
		"mounted":       func(r chi.Router) { sub := chi.NewRouter(); sub.Handle("/*", spa); r.Mount("/", sub) },
		"handler":       func(r chi.Router) { r.Mount("/", spa) },
		"tenants":       func(r chi.Router) { r.Route("/{tenant}", func(r chi.Router) { r.Handle("/*", spa) }) },
		"below /debug":  func(r chi.Router) { r.Handle("/debug/*", spa); r.Handle("/*", spa) },
		"/debug":        func(r chi.Router) { r.Mount("/debug", http.DefaultServeMux); r.Handle("/*", spa) },
		"/debug/{page}": func(r chi.Router) { r.Handle("/debug/{page}", spa); r.Handle("/*", spa) },
		"not found":     func(r chi.Router) { r.Get("/login", spa); r.NotFound(spa) },
		"group":         func(r chi.Router) { r.Group(func(r chi.Router) { r.Handle("/*", spa) }) },
	} {
		for _, prefix := range []string{"", "/shop"} {
			r := chi.NewRouter()
			if err := chisession.Install(r, newManager(t), ours); err != nil {
				t.Fatal(err)
			}
			routes(r)
			h := r
			if prefix != "" {
				h = chi.NewRouter()
				h.Mount(prefix, r)
			}
			for _, path := range []string{"/debug", "/debug/", "/debug/session", "/debug/session/"} {
				for _, method := range []string{"GET", "HEAD", "POST"} {
					w := httptest.NewRecorder()
					h.ServeHTTP(w, httptest.NewRequest(method, prefix+path, nil))
					if w.Body.String() != "ours "+path {
						t.Errorf("%s: %s %s: %d %q", name, method, prefix+path, w.Code, w.Body)
					}
				}
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", prefix+"/cart/7", nil))
			if name != "regexp" && w.Body.String() != "the app" {
				t.Errorf("%s: the app's own: %d %q", name, w.Code, w.Body)
			}
		}
	}
}

// All that takes slashes away, within the path or by a redirect, in front of the
// session and behind it.
func TestDebugBesideSlashMiddleware(t *testing.T) {
	t.Parallel()
	for name, mw := range map[string]func(http.Handler) http.Handler{"strip": middleware.StripSlashes, "redirect": middleware.RedirectSlashes} {
		for _, outside := range []bool{true, false} {
			r := chi.NewRouter()
			if outside {
				r.Use(mw)
			}
			if err := chisession.Install(r, newManager(t), ours); err != nil {
				t.Fatal(err)
			}
			if !outside {
				r.Use(mw)
			}
			r.Get("/", func(http.ResponseWriter, *http.Request) {})
			v := visit(t, r)
			v.client.CheckRedirect = nil // ten are followed
			for _, path := range []string{"/debug", "/debug/", "/debug/session", "/debug/session/"} {
				t.Log(name, outside, path)
				v.want(path, http.StatusOK, "")
			}
		}
	}
}

// Where routes were added before, and in a group, the endpoints are routes.
func TestMountDebugLate(t *testing.T) {
	t.Parallel()
	sub := chi.NewRouter()
	sub.Use(chisession.Middleware(newManager(t)))
	sub.Group(func(r chi.Router) {
		r.Get("/first", func(http.ResponseWriter, *http.Request) {})
		chisession.MountDebug(r, ours)
		r.Handle("/*", http.NotFoundHandler())
		r.Handle("/{a}/{b}", http.NotFoundHandler())
	})
	r := chi.NewRouter()
	r.Mount("/shop", sub)
	v := visit(t, r)
	for _, path := range []string{"/debug", "/debug/", "/debug/session", "/debug/session/"} {
		v.want("/shop"+path, http.StatusOK, "ours "+path)
	}
}

var ours = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ours ", r.URL.Path) })
