package fibersession_test

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Fiber's context is a context.Context itself, and as good as c.Context() as long
// as the handler runs; so is the one that a net/http handler gets of Fiber's adaptor.
func TestContexts(t *testing.T) {
	t.Parallel()
	app := newApp(t, memstore.New(0), fiber.Config{})
	app.Get("/login", func(c fiber.Ctx) error { return auth.Login(c, "ada") })
	for path, of := range map[string]func(c fiber.Ctx) context.Context{
		"/c":       func(c fiber.Ctx) context.Context { return c },
		"/context": func(c fiber.Ctx) context.Context { return c.Context() },
		"/lost": func(c fiber.Ctx) context.Context {
			c.SetContext(context.Background())
			return c
		},
		"/request": func(c fiber.Ctx) context.Context { return c.RequestCtx() },
	} {
		app.Get(path, func(c fiber.Ctx) error {
			user, err := auth.User(of(c))
			if err != nil {
				return err
			}
			return c.SendString("you are " + user)
		})
	}
	std := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, err := auth.User(r.Context())
		if err != nil {
			t.Error(err)
		}
		io.WriteString(w, "you are "+user)
	})
	app.Get("/std", std)
	app.Get("/adaptor", adaptor.HTTPHandler(std))
	v := visit(t, app)
	v.want("/login", http.StatusOK, "")
	for _, path := range []string{"/c", "/context", "/lost", "/request", "/std", "/adaptor"} {
		v.want(path, http.StatusOK, "you are ada")
	}
}

// ownCtx is a context of the app's own type.
type ownCtx struct {
	fiber.DefaultCtx
	color string
}

func TestCustomContext(t *testing.T) {
	t.Parallel()
	app := fiber.NewWithCustomCtx(func(app *fiber.App) fiber.CustomCtx {
		return &ownCtx{DefaultCtx: *fiber.NewDefaultCtx(app)}
	})
	if err := fibersession.Install(app, newManager(t, memstore.New(0), io.Discard), nil); err != nil {
		t.Fatal(err)
	}
	app.Get("/set", func(c fiber.Ctx) error {
		own := c.(*ownCtx)
		own.color = "red"
		return set(c, own.color)
	})
	app.Get("/value", value)
	v := visit(t, app)
	v.want("/set", http.StatusOK, "")
	v.want("/value", http.StatusOK, "color red")
}

// What runs the handlers once more finds the same session, and one cookie is set.
func TestRestartRouting(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	app := newApp(t, store, fiber.Config{})
	app.Get("/old", func(c fiber.Ctx) error {
		if err := set(c, "red"); err != nil {
			return err
		}
		c.Path("/value")
		return c.RestartRouting()
	})
	app.Get("/lost", func(c fiber.Ctx) error {
		c.SetContext(context.Background())
		c.Path("/old")
		return c.RestartRouting()
	})
	for _, path := range []string{"/old", "/lost"} {
		v := visit(t, app)
		if res := v.want(path, http.StatusOK, "color red"); len(res.Cookies()) != 1 {
			t.Errorf("%s: cookies %v", path, res.Cookies())
		}
		v.want("/value", http.StatusOK, "color red")
	}
}

// Two managers, one inside the other, have a session and a cookie each.
func TestTwoManagers(t *testing.T) {
	t.Parallel()
	sessions, inner := newManager(t, memstore.New(0), io.Discard), manage(t, config.Config{Mode: config.Test, Cookie: config.Cookie{Name: "admin"}}, memstore.New(0), io.Discard)
	app := fiber.New()
	app.Use(fibersession.Middleware(sessions))
	admin := app.Group("/admin", fibersession.Middleware(inner), fibersession.Middleware(inner))
	admin.Get("/set", func(c fiber.Ctx) error {
		if s, err := sessions.From(c.Context()); err != nil || session.Set(s, "color", "red") != nil {
			t.Error(err)
		}
		return set(c, "blue")
	})
	admin.Get("/value", value)
	app.Get("/value", value)
	v := visit(t, app)
	if res := v.want("/admin/set", http.StatusOK, ""); len(res.Cookies()) != 2 {
		t.Errorf("cookies %v", res.Cookies())
	}
	v.want("/admin/value", http.StatusOK, "color blue")
	v.want("/value", http.StatusOK, "color red")
}
