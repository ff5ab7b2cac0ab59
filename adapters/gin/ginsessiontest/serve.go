// Package ginsessiontest serves the apps of package adaptertest with the Gin
// adapter, for its own tests and those that bring adapters and stores together.
package ginsessiontest

import (
	"context"
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"

	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Gin's mode is one for the process, and is read while others serve.
func init() { gin.SetMode(gin.TestMode) }

// Serve serves app with Gin.
func Serve(t testing.TB, app adaptertest.App) string {
	e := gin.New()
	var opts []ginsession.Option
	if app.OnError != nil {
		opts = append(opts, ginsession.WithErrorHandler(func(c *gin.Context, err error) { app.OnError(exchange{c}, err) }))
	}
	var r gin.IRouter = e
	if app.Prefix != "" {
		r = e.Group(app.Prefix)
	}
	if app.Sessions != nil {
		if err := ginsession.Install(r, app.Sessions, app.Debug, opts...); err != nil {
			t.Fatal(err)
		}
	}
	if app.LoseContext {
		r.Use(func(c *gin.Context) { c.Request = c.Request.WithContext(context.Background()) })
	}
	for _, route := range app.Routes {
		var stack []gin.HandlerFunc
		for _, sessions := range app.Inner {
			stack = append(stack, ginsession.Middleware(sessions))
		}
		if route.RequireUser {
			stack = append(stack, ginsession.RequireUser(Handler(route.Denied)))
		}
		if route.RequireFresh != 0 {
			stack = append(stack, ginsession.RequireFresh(route.RequireFresh, Handler(route.Denied)))
		}
		r.Handle(route.Method, route.Path, append(stack, Handler(route.Handle))...)
	}
	if app.CatchAll != nil {
		r.Any("/:a/:b", Handler(app.CatchAll))
		if e.RedirectTrailingSlash = false; app.Prefix == "" { // Gin has no /*any beside other routes
			e.NoRoute(found, Handler(app.CatchAll))
		}
	}
	return app.Serve(t, e)
}

// found is in front of what answers unknown paths with pages.
func found(c *gin.Context) { c.Status(http.StatusOK) }

// Handler is a handler of package adaptertest in Gin's terms; nil stays nil.
func Handler(handle func(adaptertest.Exchange) error) gin.HandlerFunc {
	if handle == nil {
		return nil
	}
	return ginsession.Handler(func(c *gin.Context) error { return handle(exchange{c}) })
}

// exchange is an adaptertest.Exchange in Gin's terms.
type exchange struct{ c *gin.Context }

func (x exchange) Session() (*session.Session, error) { return ginsession.Get(x.c) }
func (x exchange) Context() context.Context           { return x.c.Request.Context() }
func (x exchange) Query(name string) string           { return x.c.Query(name) }
func (x exchange) SetHeader(name, value string)       { x.c.Header(name, value) }
func (x exchange) AddHeader(name, value string)       { x.c.Writer.Header().Add(name, value) }
func (x exchange) Fail(status int) error              { return adaptertest.StatusError(status) }
func (x exchange) HTTP() (http.ResponseWriter, *http.Request) {
	return sender{x.c.Writer}, x.c.Request
}

func (x exchange) Write(status int, body string) error {
	if body == "" {
		x.c.Status(status)
		return nil
	}
	x.c.String(status, "%s", body)
	return nil
}

func (x exchange) Redirect(status int, to string) error {
	x.c.Redirect(status, to)
	return nil
}

func (x exchange) Stream(write func(*session.Session, func(string) error)) error {
	s, err := x.Session()
	if err != nil {
		return err
	}
	return adaptertest.StreamTo(x.c.Writer, func(send func(string) error) { write(s, send) })
}

// sender has WriteHeader send the headers, as handlers of net/http expect and
// coder/websocket does on Gin, whose own only notes the status.
type sender struct{ gin.ResponseWriter }

func (w sender) WriteHeader(status int) {
	w.ResponseWriter.WriteHeader(status)
	w.ResponseWriter.WriteHeaderNow()
}

// Unwrap lets [http.ResponseController] reach the writer below.
func (w sender) Unwrap() http.ResponseWriter { return w.ResponseWriter }
