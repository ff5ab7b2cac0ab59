package ginsession_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"

	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Gin's documentation answers c.Errors in a middleware, which may stand outside
// of the session's, and inside. It writes whatever was written before.
func TestErrorsAnsweredByMiddleware(t *testing.T) {
	t.Parallel()
	answers := func(c *gin.Context) {
		if c.Next(); len(c.Errors) > 0 {
			c.JSON(http.StatusTeapot, gin.H{"error": c.Errors.Last().Error()})
		}
	}
	for _, inside := range []bool{false, true} {
		store := memstore.New(0)
		var e *gin.Engine
		if inside {
			e = newGin(t, store)
			e.Use(answers)
		} else {
			e = newGin(t, store, answers)
		}
		e.GET("/error", setRed, func(c *gin.Context) { c.Error(errors.New("sold out")) })
		e.GET("/answered", setRed, func(c *gin.Context) { c.JSON(http.StatusOK, "fine") })
		e.GET("/kit", ginsession.Handler(func(*gin.Context) error { return session.ErrGone }))
		v := visit(t, e)
		if v.want("/error", http.StatusTeapot, `{"error":"sold out"}`).Header.Get("Set-Cookie") == "" {
			t.Error("no cookie")
		}
		v.want("/value", http.StatusOK, "color red")
		v.want("/kit", http.StatusConflict, "Conflict\n")
		store.Close()
		for _, path := range []string{"/error", "/answered"} {
			visit(t, e).want(path, http.StatusServiceUnavailable, "Service Unavailable\n")
		}
	}
}

// A logger on whichever side sees the status that is answered.
func TestLogger(t *testing.T) {
	t.Parallel()
	for _, inside := range []bool{false, true} {
		store := memstore.New(0)
		var log []int
		logger := func(c *gin.Context) {
			c.Next()
			log = append(log, c.Writer.Status())
		}
		var e *gin.Engine
		if inside {
			e = newGin(t, store)
			e.Use(logger)
		} else {
			e = newGin(t, store, logger)
		}
		e.GET("/set", setRed, func(c *gin.Context) { c.String(http.StatusCreated, "fine") })
		visit(t, e).want("/set", http.StatusCreated, "fine")
		store.Close()
		visit(t, e).want("/set", http.StatusServiceUnavailable, "")
		if len(log) != 2 || log[0] != http.StatusCreated || log[1] != http.StatusServiceUnavailable {
			t.Errorf("inside %v: logged %v", inside, log)
		}
	}
}

func TestRecovery(t *testing.T) {
	t.Parallel()
	e := newGin(t, memstore.New(0), gin.RecoveryWithWriter(io.Discard))
	e.GET("/set", setRed)
	panics := func(c *gin.Context) {
		if err := set(c, "blue"); err != nil {
			t.Error(err)
		}
		panic("in the handler")
	}
	e.GET("/panic", panics)
	e.GET("/panic/zipped", gzipper, panics)
	v := visit(t, e)
	for _, path := range []string{"/panic", "/panic/zipped"} {
		if res := v.want(path, http.StatusInternalServerError, ""); res.Header.Get("Set-Cookie") != "" {
			t.Error("a new session was saved after a panic")
		}
	}
	v.want("/set", http.StatusOK, "")
	v.want("/panic", http.StatusInternalServerError, "")
	v.want("/value", http.StatusOK, "color red")
}

// Middleware that loses the request's context does not lose the session.
func TestRequestReplaced(t *testing.T) {
	t.Parallel()
	e := newGin(t, memstore.New(0))
	e.Use(func(c *gin.Context) { c.Request = c.Request.WithContext(context.Background()) })
	e.GET("/set", setRed)
	v := visit(t, e)
	v.want("/set", http.StatusOK, "")
	v.want("/value", http.StatusOK, "color red")
}

// What is not found, and a method that is not allowed, have the session.
func TestNoRoute(t *testing.T) {
	t.Parallel()
	e := newGin(t, memstore.New(0))
	e.HandleMethodNotAllowed = true
	e.POST("/post", setRed)
	e.NoMethod(value)
	e.NoRoute(setRed)
	v := visit(t, e)
	if v.want("/unknown", http.StatusNotFound, "404 page not found").Header.Get("Set-Cookie") == "" {
		t.Error("no cookie")
	}
	v.want("/post", http.StatusOK, "color red")
}

// Groups have middleware of their own, and may have the session alone.
func TestGroups(t *testing.T) {
	t.Parallel()
	e := gin.New()
	e.GET("/outside", func(c *gin.Context) { c.String(http.StatusOK, "outside") })
	shop := e.Group("/shop", gzipper)
	if err := ginsession.Install(shop, newManager(t, memstore.New(0)), nil); err != nil {
		t.Fatal(err)
	}
	shop.GET("/set", setRed)
	shop.Group("/deep").Group("/deeper").GET("/value", value)
	shop.Group("/private", ginsession.RequireUser(nil)).GET("/value", value)
	v := visit(t, e)
	v.want("/outside", http.StatusOK, "outside")
	v.want("/shop/set", http.StatusOK, "")
	v.want("/shop/deep/deeper/value", http.StatusOK, "color red")
	v.want("/shop/private/value", http.StatusUnauthorized, "Unauthorized\n")
}

// The app's handler answers errors, with all that Gin has.
func TestErrorHandler(t *testing.T) {
	t.Parallel()
	for body, answers := range map[string]ginsession.ErrorHandler{
		`{"error":"Service Unavailable"}`: func(c *gin.Context, err error) {
			if !errors.Is(err, session.ErrClosed) {
				t.Errorf("handed %v", err)
			}
			status := session.HTTPStatus(err)
			c.AbortWithStatusJSON(status, gin.H{"error": session.StatusText(status)})
		},
		"": func(*gin.Context, error) {}, // keeps silent: the status is right all the same
	} {
		store := memstore.New(0)
		e := gin.New()
		e.Use(ginsession.Middleware(newManager(t, store), ginsession.WithErrorHandler(answers)))
		addWays(e)
		e.GET("/private", ginsession.RequireUser(nil))
		store.Close()
		for path := range ways {
			if path != "/error" {
				visit(t, e).want(path, http.StatusServiceUnavailable, body)
			}
		}
	}
}

// Of two managers each has its own handler answer what it could not save, and the
// innermost what a handler returns.
func TestErrorHandlersOfManagers(t *testing.T) {
	t.Parallel()
	says := func(text string) ginsession.Option {
		return ginsession.WithErrorHandler(func(c *gin.Context, err error) { c.String(session.HTTPStatus(err), text) })
	}
	outer, inner := memstore.New(0), memstore.New(0)
	shop, admin := newManager(t, outer), newManager(t, inner)
	e := gin.New()
	e.Use(ginsession.Middleware(shop, says("shop")), ginsession.Middleware(admin, says("admin")))
	for path, m := range map[string]*session.Manager{"/shop": shop, "/admin": admin} {
		e.GET(path, ginsession.Handler(func(c *gin.Context) error {
			s, err := m.From(c.Request.Context())
			if err != nil {
				return err
			}
			return session.Set(s, "color", "red")
		}))
	}
	e.GET("/gone", ginsession.Handler(func(*gin.Context) error { return session.ErrGone }))
	outer.Close()
	inner.Close()
	v := visit(t, e)
	v.want("/shop", http.StatusServiceUnavailable, "shop")
	v.want("/admin", http.StatusServiceUnavailable, "admin")
	v.want("/gone", http.StatusConflict, "admin")
}

func TestInstallAfterRoutes(t *testing.T) {
	t.Parallel()
	e := gin.New()
	e.GET("/early", value)
	if err := ginsession.Install(e, newManager(t, memstore.New(0)), nil); err != ginsession.ErrRoutesBefore {
		t.Errorf("Install: %v", err)
	}
}
