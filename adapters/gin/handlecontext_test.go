package ginsession_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"

	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// forward has the app answer as if another path had been asked for.
func forward(e *gin.Engine, path string) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Request.URL.Path = path
		e.HandleContext(c)
		c.Abort()
	}
}

// Engine.HandleContext takes the session's writer away: it comes back, whoever
// forwards, how often, and whatever other writers there are.
func TestHandleContext(t *testing.T) {
	t.Parallel()
	for name, outside := range map[string]gin.HandlerFunc{
		"alone":  func(*gin.Context) {},
		"gzip":   gzipper,
		"hidden": func(c *gin.Context) { c.Writer = &copied{ResponseWriter: c.Writer} },
		"early": func(c *gin.Context) {
			if c.GetHeader("Early") != "" || c.Request.URL.Path != "/early" {
				return
			}
			c.Request.Header.Set("Early", "seen")
			forward(c.MustGet("app").(*gin.Engine), "/json")(c)
		},
	} {
		t.Run(name, func(t *testing.T) {
			store := memstore.New(0)
			var e *gin.Engine
			app := func(c *gin.Context) { c.Set("app", e) }
			e = newGin(t, store, app, outside)
			addWays(e)
			e.GET("/early", setRed)
			for path := range ways {
				e.GET("/once"+path, forward(e, path))
				e.GET("/twice"+path, forward(e, "/once"+path))
				e.GET("/set"+path, setRed, forward(e, path))
			}
			if name == "early" {
				v := visit(t, e)
				if v.want("/early", http.StatusCreated, `{"a":1}`).Header.Get("Set-Cookie") == "" {
					t.Error("no cookie")
				}
				v.want("/value", http.StatusOK, "color red")
			}
			for path, want := range ways {
				for _, how := range []string{"/once", "/twice", "/set"} {
					v := visit(t, e)
					if res := v.want(how+path, want.status, want.body); path != "/redirect" && len(res.Header["Set-Cookie"]) != 1 {
						t.Errorf("GET %s%s: %q", how, path, res.Header["Set-Cookie"])
					}
					v.want("/value", http.StatusOK, "color red")
				}
			}
			store.Close()
			for path := range ways {
				for _, how := range []string{"/once", "/twice", "/set"} {
					visit(t, e).want(how+path, http.StatusServiceUnavailable, "Service Unavailable\n")
				}
			}
		})
	}
}

// A middleware outside forwards, and has its own chain go on behind that.
func TestHandleContextGoesOn(t *testing.T) {
	t.Parallel()
	var e *gin.Engine
	e = newGin(t, memstore.New(0), gin.RecoveryWithWriter(io.Discard), func(c *gin.Context) {
		if c.Request.URL.Path == "/late" {
			c.Request.URL.Path = "/count"
			e.HandleContext(c)
		}
	})
	count := ginsession.Handler(func(c *gin.Context) error {
		s, err := ginsession.Get(c)
		if err != nil {
			return err
		}
		n, err := session.Get[int](s, "n")
		if err != nil {
			return err
		}
		c.String(http.StatusOK, "%d ", n)
		return session.Set(s, "n", n+1)
	})
	e.GET("/late", count) // before 1.11 it is the handlers of /count that go on
	e.GET("/count", count)
	e.GET("/set", setRed)
	e.GET("/panic", func(c *gin.Context) {
		if err := set(c, "green"); err != nil {
			t.Error(err)
		}
		panic("in the handler")
	})
	e.GET("/forward", forward(e, "/panic"))
	v := visit(t, e)
	v.want("/set", http.StatusOK, "")
	v.want("/late", http.StatusOK, "0 1 ")
	v.want("/late", http.StatusOK, "2 3 ")
	v.want("/forward", http.StatusInternalServerError, "")
	v.want("/value", http.StatusOK, "color red")
}

// Of several managers each gets its own writer back.
func TestHandleContextWithManagers(t *testing.T) {
	t.Parallel()
	admin, err := session.NewManager(t.Context(), config.Config{Mode: config.Test, Cookie: config.Cookie{Name: "admin"}}, memstore.New(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close() })
	shop := newManager(t, memstore.New(0))
	e := gin.New()
	e.Use(ginsession.Middleware(shop), ginsession.Middleware(admin), ginsession.Middleware(shop))
	e.GET("/both", ginsession.Handler(func(c *gin.Context) error {
		for _, m := range []*session.Manager{shop, admin} {
			s, err := m.From(c.Request.Context())
			if err != nil {
				return err
			}
			if err := session.Set(s, "color", "red"); err != nil {
				return err
			}
		}
		c.String(http.StatusOK, "both")
		return nil
	}))
	e.GET("/forward", forward(e, "/both"))
	for _, path := range []string{"/both", "/forward"} {
		if res := visit(t, e).want(path, http.StatusOK, "both"); len(res.Cookies()) != 2 {
			t.Errorf("GET %s: %q", path, res.Header["Set-Cookie"])
		}
	}
}

// A part of a net/http app, whose sessions are around all of Gin.
func TestInsideOfNetHTTP(t *testing.T) {
	t.Parallel()
	sessions := newManager(t, memstore.New(0))
	e := gin.New()
	if err := ginsession.Install(e, sessions, nil); err != nil {
		t.Fatal(err)
	}
	addWays(e)
	e.GET("/value", value)
	e.GET("/forward", forward(e, "/json"))
	h := httpsession.Middleware(sessions)(e)
	for path, want := range ways {
		if path == "/stream" {
			continue // Gin wants an http.CloseNotifier, which few writers are
		}
		v := visit(t, h)
		v.want(path, want.status, want.body)
		v.want("/value", http.StatusOK, "color red")
	}
	v := visit(t, h)
	v.want("/forward", http.StatusCreated, "")
	v.want("/value", http.StatusOK, "color red")
}
