package bunsession_test

import (
	"net/http"
	"testing"

	"github.com/uptrace/bunrouter"

	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/tests/own/bunsession"
)

func TestConformance(t *testing.T) {
	adaptertest.Run(t, serve)
}

// serve builds the app of a case with the router.
func serve(t testing.TB, app adaptertest.App) (baseURL string) {
	var options []bunrouter.Option
	if app.Sessions != nil {
		options = append(options, bunsession.Install(app.Sessions, app.Debug))
	}
	router := bunrouter.New(options...)
	for _, route := range app.Routes {
		g := router.NewGroup("", bunrouter.Use(losingContext(app)))
		for _, sessions := range app.Inner {
			g = g.Use(bunsession.Middleware(sessions))
		}
		if route.RequireUser {
			g = g.Use(bunsession.RequireUser(handler(app.Denied, route)))
		}
		if route.RequireFresh != 0 {
			g = g.Use(bunsession.RequireFresh(route.RequireFresh, handler(app.Denied, route)))
		}
		g.Handle(route.Method, route.Path, handler(app.Handler, route))
	}
	if app.CatchAll != nil {
		everything := adaptertest.Route{Handle: app.CatchAll}
		router.GET("/*rest", handler(app.Handler, everything))
		router.GET("/:a/:b", handler(app.Handler, everything))
	}
	return app.Serve(t, http.StripPrefix(app.Prefix, router))
}

// losingContext is the middleware that the suite has for net/http.
func losingContext(app adaptertest.App) bunrouter.MiddlewareFunc {
	return func(next bunrouter.HandlerFunc) bunrouter.HandlerFunc {
		return func(w http.ResponseWriter, req bunrouter.Request) (err error) {
			app.LosingContext(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				req.Request = r
				err = next(w, req)
			})).ServeHTTP(w, req.Request)
			return err
		}
	}
}

// handler is a handler of the suite, of is where it has it.
func handler(of func(adaptertest.Route, func(*http.Request) (*session.Session, error)) http.Handler, route adaptertest.Route) bunrouter.HandlerFunc {
	if of(route, nil) == nil {
		return nil
	}
	return func(w http.ResponseWriter, req bunrouter.Request) error {
		of(route, func(*http.Request) (*session.Session, error) { return bunsession.Get(req) }).ServeHTTP(w, req.Request)
		return nil
	}
}
