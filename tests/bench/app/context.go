package app

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/gofiber/fiber/v2"
	"github.com/labstack/echo/v4"
)

// Contexts are the routers with a middleware that puts a value into the
// request's standard context, and nothing else: the least that a library costs
// whose sessions are found there. They have /plain alone.
var Contexts = []Contender{
	{Library: "context", Router: NetHTTP, Limit: true, Open: openContextNetHTTP},
	{Library: "context", Router: Chi, Limit: true, Open: openContextChi},
	{Library: "context", Router: Echo, Limit: true, Open: openContextEcho},
	{Library: "context", Router: EchoV5, Limit: true, Open: openContextEchoV5},
	{Library: "context", Router: Fiber, Limit: true, Open: openContextFiber},
	{Library: "context", Router: Gin, Limit: true, Open: openContextGin},
	{Library: "context", Router: FiberV3, Limit: true, Open: openContextFiberV3},
}

type contextKey struct{}

func withValue(ctx context.Context) context.Context {
	return context.WithValue(ctx, contextKey{}, true)
}

func putValue(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(withValue(r.Context())))
	})
}

func openContextNetHTTP(Storage) (*App, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("/plain", plain)
	return &App{HTTP: putValue(mux)}, nil
}

func openContextChi(Storage) (*App, error) {
	r := chi.NewRouter()
	r.Use(putValue)
	r.Get("/plain", plain)
	return &App{HTTP: r}, nil
}

func openContextEcho(Storage) (*App, error) {
	e := echo.New()
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.SetRequest(c.Request().WithContext(withValue(c.Request().Context())))
			return next(c)
		}
	})
	e.GET("/plain", echoPlain)
	return &App{HTTP: e}, nil
}

func openContextFiber(Storage) (*App, error) {
	app := newFiber()
	app.Use(func(c *fiber.Ctx) error {
		c.SetUserContext(withValue(c.UserContext()))
		return c.Next()
	})
	app.Get("/plain", fiberPlain)
	return onFiber(app), nil
}

func openContextGin(Storage) (*App, error) {
	e := newGin()
	e.Use(func(c *gin.Context) { c.Request = c.Request.WithContext(withValue(c.Request.Context())) })
	e.GET("/plain", ginPlain)
	return &App{HTTP: e}, nil
}
