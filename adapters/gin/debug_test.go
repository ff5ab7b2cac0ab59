package ginsession_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/pprof"
	"testing"

	"github.com/gin-gonic/gin"

	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

var ours = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ours ", r.URL.Path) })

func serveOne(h http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

// All ways in which an app has Gin catch everything. Gin panics where a route
// conflicts with another, so the endpoints are none.
func TestDebugBesideCatchAlls(t *testing.T) {
	t.Parallel()
	spa := func(c *gin.Context) { c.String(http.StatusOK, "the app") }
	for name, routes := range map[string]func(e *gin.Engine){
		"/*any":         func(e *gin.Engine) { e.Any("/*any", spa) },
		"GET /*any":     func(e *gin.Engine) { e.GET("/*any", spa) },
		"/:a/:b":        func(e *gin.Engine) { e.Any("/:a", spa); e.Any("/:a/:b", spa); e.Any("/:a/:b/*rest", spa) },
		"NoRoute":       func(e *gin.Engine) { e.NoRoute(spa) },
		"group":         func(e *gin.Engine) { e.Group("/", func(*gin.Context) {}).Any("/*any", spa) },
		"tenants":       func(e *gin.Engine) { e.Group("/:tenant").Any("/*any", spa) },
		"/debug/*any":   func(e *gin.Engine) { e.Any("/debug/*any", spa); e.NoRoute(spa) },
		"/debug/:page":  func(e *gin.Engine) { e.Any("/debug/:page", spa); e.NoRoute(spa) },
		"files":         func(e *gin.Engine) { e.Static("/debug", t.TempDir()); e.NoRoute(spa) },
		"other methods": func(e *gin.Engine) { e.HandleMethodNotAllowed = true; e.PUT("/:a/:b", spa); e.NoRoute(spa) },
		"none":          func(e *gin.Engine) { e.GET("/cart/7", spa) },
	} {
		e := gin.New()
		if err := ginsession.Install(e, newManager(t, memstore.New(0)), ours); err != nil {
			t.Fatal(err)
		}
		routes(e)
		for _, path := range []string{"/debug", "/debug/", "/debug/session", "/debug/session/"} {
			for _, method := range []string{"GET", "HEAD", "POST"} {
				w := serveOne(e, method, path)
				if to := w.Header().Get("Location"); to != "" { // Gin's own, before anything of the app's runs
					path = to
					w = serveOne(e, method, path)
				}
				if w.Code != http.StatusOK || w.Body.String() != "ours "+path {
					t.Errorf("%s: %s %s: %d %q", name, method, path, w.Code, w.Body)
				}
			}
		}
		if w := serveOne(e, "GET", "/cart/7"); name != "other methods" && w.Body.String() != "the app" {
			t.Errorf("%s: the app's own: %d %q", name, w.Code, w.Body)
		}
	}
}

// What others put below /debug goes on, and what it does not know is ours.
func TestDebugBesidePprof(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"", "/shop", "/:page", "/:tenant/debug"} {
		e := gin.New()
		var r gin.IRouter = e
		if prefix != "" {
			r = e.Group(prefix)
		}
		if err := ginsession.Install(r, newManager(t, memstore.New(0)), ours); err != nil {
			t.Fatal(err)
		}
		r.GET("/debug/pprof/cmdline", gin.WrapF(pprof.Cmdline))
		r.GET("/debug/vars/*any", gin.WrapF(pprof.Index))
		r.GET("/debug/mail/:id", func(c *gin.Context) { c.String(http.StatusOK, "mail "+c.Param("id")) })
		at := prefix
		if prefix == "/:page" || prefix == "/:tenant/debug" {
			at = "/debug" + prefix[len("/:page"):]
		}
		if prefix == "/:tenant/debug" {
			at = "/ada/debug"
		}
		for _, path := range []string{"/debug", "/debug/", "/debug/session", "/debug/session/", "/debug/a/b", "/debug/a/b/"} {
			if w := serveOne(e, "POST", at+path); w.Code != http.StatusOK || w.Body.String() != "ours "+path {
				t.Errorf("POST %s%s: %d %q", at, path, w.Code, w.Body)
			}
		}
		if w := serveOne(e, "GET", at+"/debug/mail/7"); w.Body.String() != "mail 7" {
			t.Errorf("GET %s/debug/mail/7: %d %q", at, w.Code, w.Body)
		}
		if w := serveOne(e, "GET", at+"/debug/pprof/cmdline"); w.Code != http.StatusOK || w.Body.String() == "ours /debug/pprof/cmdline" {
			t.Errorf("GET %s/debug/pprof/cmdline: %d %q", at, w.Code, w.Body)
		}
	}
}
