//go:build unix

package tests

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/gofiber/fiber/v2"
	"github.com/labstack/echo/v4"
	echov5 "github.com/labstack/echo/v5"

	chisession "github.com/gosessionkit/sessionkit/adapters/chi"
	echosession "github.com/gosessionkit/sessionkit/adapters/echo"
	echov5session "github.com/gosessionkit/sessionkit/adapters/echov5"
	fibersession "github.com/gosessionkit/sessionkit/adapters/fiber"
	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// tooEarly are the ways in which an app asks for the session. Each is in a
// middleware that runs before the session's, and goes on whatever it hears.
var tooEarly = map[string]func(ctx context.Context){
	"session.From": func(ctx context.Context) { session.From(ctx) },
	"auth.User":    func(ctx context.Context) { auth.User(ctx) },
	"auth.Require": func(ctx context.Context) { auth.Require(ctx) },
}

// earlyApps are a small app on each router, with ask before the sessions.
var earlyApps = map[string]func(t *testing.T, ask func(context.Context)) (url string){
	"chi": func(t *testing.T, ask func(context.Context)) string {
		r, sessions := chi.NewRouter(), earlyManager(t)
		r.Use(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ask(r.Context())
				next.ServeHTTP(w, r)
			})
		})
		r.Use(chisession.Middleware(sessions))
		sessions.Diagnostics().SetFramework("chi")
		r.Get("/", func(http.ResponseWriter, *http.Request) {}) // chi runs no middleware without a route
		chisession.MountDebug(r, debug.New(sessions))
		return serve(t, r)
	},
	"echo": func(t *testing.T, ask func(context.Context)) string {
		e, sessions := echo.New(), earlyManager(t)
		e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
			return func(c echo.Context) error {
				ask(c.Request().Context())
				return next(c)
			}
		})
		e.Use(echosession.Middleware(sessions))
		sessions.Diagnostics().SetFramework("echo")
		echosession.MountDebug(e, debug.New(sessions))
		return serve(t, e)
	},
	"echov5": func(t *testing.T, ask func(context.Context)) string {
		e, sessions := echov5.New(), earlyManager(t)
		e.Use(func(next echov5.HandlerFunc) echov5.HandlerFunc {
			return func(c *echov5.Context) error {
				ask(c.Request().Context())
				return next(c)
			}
		})
		e.Use(echov5session.Middleware(sessions))
		if err := echov5session.MountDebug(e, debug.New(sessions)); err != nil {
			t.Fatal(err)
		}
		return serve(t, e)
	},
	"fiber": func(t *testing.T, ask func(context.Context)) string {
		app, sessions := fiber.New(fiber.Config{DisableStartupMessage: true}), earlyManager(t)
		app.Use(func(c *fiber.Ctx) error {
			ask(c.UserContext())
			return c.Next()
		})
		app.Use(fibersession.Middleware(sessions))
		sessions.Diagnostics().SetFramework("fiber")
		fibersession.MountDebug(app, debug.New(sessions))
		return serveFiber(t, app)
	},
	"gin": func(t *testing.T, ask func(context.Context)) string {
		e, sessions := gin.New(), earlyManager(t)
		e.Use(func(c *gin.Context) { ask(c.Request.Context()) })
		e.Use(ginsession.Middleware(sessions))
		sessions.Diagnostics().SetFramework("gin")
		ginsession.MountDebug(e, debug.New(sessions))
		return serve(t, e)
	},
	"fiberv3": earlyFiberV3,
}

func serveFiber(t *testing.T, app *fiber.App) string {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go app.Listener(l)
	t.Cleanup(func() { app.Shutdown() })
	return "http://" + l.Addr().String()
}

func earlyManager(t *testing.T) *session.Manager { return managerIn(t, config.Development) }

func managerIn(t *testing.T, mode config.Mode) *session.Manager {
	cfg := config.Config{Mode: mode, SecretKey: config.NewSecret(doctorKey), DebugEndpoints: true}
	if mode == config.Production {
		cfg.DebugToken = config.NewSecret(debugToken)
	}
	sessions, err := session.NewManager(t.Context(), cfg,
		memstore.New(0), session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sessions.Close() })
	return sessions
}

func serve(t *testing.T, h http.Handler) string {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// Not parallel with each other: what asks outside of every middleware is told to
// all managers of the process.
func TestDoctorNamesMiddlewareThatRunsTooEarly(t *testing.T) {
	for router, start := range earlyApps {
		for way, ask := range tooEarly {
			t.Run(router+"/"+way, func(t *testing.T) {
				diagnosis{url: start(t, ask), env: []string{"SECRET_KEY=" + doctorKey}, args: []string{"--min-workers", "1"}, id: "middleware-order", says: "doctor_order_test.go:", fix: "call " + strings.TrimRight(router, "v35") + "session.Install"}.expect(t)
			})
		}
	}
}

// RequireUser in front of everything answers the debug endpoints too. In
// production it tells nobody why but who has the token.
func TestDoctorNamesRequireUserThatRunsTooEarly(t *testing.T) {
	for _, mode := range []config.Mode{config.Development, config.Production} {
		t.Run(string(mode), func(t *testing.T) {
			for name, url := range guardedApps(t, managerIn(t, mode)) {
				env := []string{"DEBUG_TOKEN=" + debugToken}
				if mode != config.Production {
					env = nil
				}
				diagnosis{url: url, env: env, id: "middleware-order", says: "asks for the session before the session middleware has run", fix: "move the call of Install"}.expect(t)
				if mode != config.Production {
					continue
				}
				for _, token := range []string{"", "another-token-of-the-tests"} {
					out, _, exit := trial.Command(t, "DEBUG_TOKEN="+token, "doctor", url)
					if first, _, _ := strings.Cut(out, "\n"); exit != 2 || strings.Contains(first, "middleware") || !strings.Contains(first, "[debug-fails]") {
						t.Errorf("%s: exit %d:\n%s", name, exit, out)
					}
				}
			}
		})
	}
}

// guardedApps have RequireUser before the sessions.
func guardedApps(t *testing.T, sessions *session.Manager) (urls map[string]string) {
	router := chi.NewRouter()
	router.Use(chisession.RequireUser(nil), chisession.Middleware(sessions))
	router.Get("/", func(http.ResponseWriter, *http.Request) {})
	chisession.MountDebug(router, debug.New(sessions))
	e := echo.New()
	e.Use(echosession.RequireUser(nil), echosession.Middleware(sessions))
	echosession.MountDebug(e, debug.New(sessions))
	e5 := echov5.New()
	e5.Use(echov5session.RequireUser(nil), echov5session.Middleware(sessions))
	if err := echov5session.MountDebug(e5, debug.New(sessions)); err != nil {
		t.Fatal(err)
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Use(fibersession.RequireUser(nil), fibersession.Middleware(sessions))
	fibersession.MountDebug(app, debug.New(sessions))
	g := gin.New()
	g.Use(ginsession.RequireUser(nil), ginsession.Middleware(sessions))
	ginsession.MountDebug(g, debug.New(sessions))
	mux := http.NewServeMux()
	installed := httpsession.Install(mux, sessions, debug.New(sessions))
	return map[string]string{"chi": serve(t, router), "echo": serve(t, e), "echov5": serve(t, e5), "fiber": serveFiber(t, app), "fiberv3": fiberV3ThatRequiresUserFirst(t, sessions), "gin": serve(t, g), "net/http": serve(t, httpsession.RequireUser(nil)(installed))}
}
