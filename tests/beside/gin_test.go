package beside

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"testing"

	"github.com/gin-contrib/cors"
	ginzip "github.com/gin-contrib/gzip"
	"github.com/gin-contrib/requestid"
	"github.com/gin-contrib/secure"
	"github.com/gin-contrib/static"
	"github.com/gin-gonic/gin"

	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
	"github.com/gosessionkit/sessionkit/adapters/gin/ginsessiontest"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
)

func ginRouter() router {
	r := router{name: "Gin"}
	for _, m := range ginMiddleware() {
		r.beside = append(r.beside, combination{kind: m.kind, name: m.name, serve: ginWith(m.mw), visit: m.visit, outside: m.outside})
	}
	apps := func(wrap func(t testing.TB, next http.Handler) http.Handler) func(testing.TB, adaptertest.App, side) string {
		return func(t testing.TB, app adaptertest.App, at side) string {
			return ginWith(ginWrap(t, wrap))(t, app, at)
		}
	}
	for _, w := range wrappers() {
		if !w.answers && w.prefix == "" { // Gin's writer stays
			r.beside = append(r.beside, w.on(apps))
		}
	}
	r.beside = append(r.beside, proxies(apps, func(t testing.TB, app adaptertest.App) string {
		return ginWith(func(c *gin.Context) {})(t, app, outside)
	})...)
	r.beside = append(r.beside, combination{kind: "routing", name: "Group", prefix: "/shop", serve: func(t testing.TB, app adaptertest.App, at side) string {
		e := gin.New()
		if at == inside {
			e.Use(ginsession.Middleware(app.Sessions))
		}
		g := e.Group("/shop")
		if at == outside {
			g.Use(ginsession.Middleware(app.Sessions))
		}
		ginRoutes(g, app)
		return app.Serve(t, e)
	}})
	return r
}

// ginWith is apps with mw on a side of the session.
func ginWith(mw gin.HandlerFunc) func(testing.TB, adaptertest.App, side) string {
	return func(t testing.TB, app adaptertest.App, at side) string {
		e := gin.New()
		if sessions := ginsession.Middleware(app.Sessions); at == outside {
			e.Use(mw, sessions)
		} else {
			e.Use(sessions, mw)
		}
		ginRoutes(e, app)
		return app.Serve(t, e)
	}
}

func ginRoutes(r gin.IRoutes, app adaptertest.App) {
	for _, route := range app.Routes {
		r.Handle(route.Method, route.Path, ginsessiontest.Handler(route.Handle))
	}
}

// ginWrap is middleware of net/http in Gin, which keeps its writer.
func ginWrap(t testing.TB, wrap func(t testing.TB, next http.Handler) http.Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		passed := false
		wrap(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			passed = true
			c.Request = r
			c.Next()
		})).ServeHTTP(c.Writer, c.Request)
		if !passed {
			c.Abort()
		}
	}
}

// ginOwn is middleware in Gin's terms.
type ginOwn struct {
	kind, name string
	mw         gin.HandlerFunc
	visit      func(*http.Request)
	outside    string
}

func ginMiddleware() []ginOwn {
	return []ginOwn{
		{kind: "compression", name: "gin-contrib/gzip", outside: "an error page without Vary: Cookie", mw: ginzip.Gzip(gzip.BestSpeed)},
		{kind: "recover", name: "Recovery", mw: gin.RecoveryWithWriter(io.Discard)},
		{kind: "logger", name: "Logger", mw: gin.LoggerWithWriter(io.Discard)},
		{kind: "logger", name: "ErrorLogger", mw: gin.ErrorLogger()},
		{kind: "body dump", name: "a writer that copies", mw: func(c *gin.Context) {
			c.Writer = &ginCopy{ResponseWriter: c.Writer}
			c.Next()
		}},
		{kind: "CORS", name: "gin-contrib/cors", mw: cors.New(cors.Config{AllowOrigins: []string{"https://shop.example", "http://" + host}, AllowMethods: []string{"GET", "POST"}, AllowCredentials: true})},
		{kind: "static files", name: "gin-contrib/static", mw: static.Serve("/", static.LocalFile("testdata", false))},
		{kind: "headers", name: "gin-contrib/secure", mw: secure.New(secure.Config{FrameDeny: true, ContentTypeNosniff: true})},
		{kind: "redirect", name: "gin-contrib/secure, to https", visit: header("X-Forwarded-Proto", "https"), mw: secure.New(secure.Config{
			SSLRedirect: true, SSLProxyHeaders: map[string]string{"X-Forwarded-Proto": "https"},
		})},
		{kind: "request id", name: "gin-contrib/requestid", mw: requestid.New()},
		{kind: "authentication", name: "BasicAuth", mw: gin.BasicAuth(gin.Accounts{"ada": "secret"}), visit: func(r *http.Request) { r.SetBasicAuth("ada", "secret") }},
	}
}

// ginCopy is what Gin's own documentation has loggers of bodies do.
type ginCopy struct {
	gin.ResponseWriter
	body bytes.Buffer
}

func (w *ginCopy) Write(b []byte) (int, error) {
	w.body.Write(b)
	return w.ResponseWriter.Write(b)
}
