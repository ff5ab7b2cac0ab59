package fibersession_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/cache"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiber"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// newSessions is what an app does at the start, with config.Parse and stores.Open
// in place of a configuration and a store of its own.
func newSessions() *session.Manager {
	quiet := session.WithLogger(slog.New(slog.DiscardHandler))
	sessions, err := session.NewManager(context.Background(), config.Config{}, memstore.New(0), quiet)
	if err != nil {
		panic(err)
	}
	return sessions
}

// send makes a request, prints the status of its answer, and returns the cookie.
func send(app *fiber.App, method, path, cookie string, header ...string) string {
	req := httptest.NewRequest(method, path, nil)
	req.Header.Set("Cookie", cookie)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := app.Test(req, -1)
	if err != nil {
		panic(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	fmt.Println(strings.TrimSpace(fmt.Sprintln(method, path, res.StatusCode, string(body))))
	for _, c := range res.Cookies() {
		cookie = c.Name + "=" + c.Value
	}
	return cookie
}

func Example() {
	sessions := newSessions()
	defer sessions.Close()

	app := fiber.New()
	if err := fibersession.Install(app, sessions, nil); err != nil { // nil, or debug.New(sessions)
		fmt.Println(err)
		return
	}
	app.Get("/", func(c *fiber.Ctx) error {
		s, err := fibersession.Get(c)
		if err != nil {
			return err
		}
		visits, err := session.Update(s, "visits", func(n int) (int, error) { return n + 1, nil })
		if err != nil {
			return err
		}
		return c.SendString(fmt.Sprint("visits: ", visits))
	})

	cookie := send(app, "GET", "/", "")
	send(app, "GET", "/", cookie)
	// Output:
	// GET / 200 visits: 1
	// GET / 200 visits: 2
}

// A group of routes that only users may see. The others are sent to the login.
func ExampleRequireUser() {
	sessions := newSessions()
	defer sessions.Close()

	app := fiber.New()
	if err := fibersession.Install(app, sessions, nil); err != nil {
		fmt.Println(err)
		return
	}
	app.Post("/login", func(c *fiber.Ctx) error {
		return auth.Login(c.UserContext(), "ada") // once the password is checked
	})
	toLogin := func(c *fiber.Ctx) error { return c.Redirect("/login", http.StatusSeeOther) }
	users := app.Group("/orders", fibersession.RequireUser(toLogin))
	users.Post("", func(c *fiber.Ctx) error { return c.SendString("ordered") })

	send(app, "POST", "/orders", "")
	cookie := send(app, "POST", "/login", "")
	send(app, "POST", "/orders", cookie)
	// Output:
	// POST /orders 303
	// POST /login 200
	// POST /orders 200 ordered
}

// A route that asks for the password again when the login is older than ten minutes.
func ExampleRequireFresh() {
	sessions := newSessions()
	defer sessions.Close()

	app := fiber.New()
	if err := fibersession.Install(app, sessions, nil); err != nil {
		fmt.Println(err)
		return
	}
	app.Post("/login", func(c *fiber.Ctx) error {
		return auth.Login(c.UserContext(), "ada") // once the password is checked
	})
	toConfirm := func(c *fiber.Ctx) error { return c.Redirect("/confirm", http.StatusSeeOther) }
	app.Post("/password", fibersession.RequireFresh(10*time.Minute, toConfirm), func(c *fiber.Ctx) error { return c.SendString("changed") })

	send(app, "POST", "/password", "")
	cookie := send(app, "POST", "/login", "")
	send(app, "POST", "/password", cookie)
	// Output:
	// POST /password 303
	// POST /login 200
	// POST /password 200 changed
}

// Errors of the kit that a handler returns are answered by the app's
// ErrorHandler, with the status that suits them.
func ExampleInstall() {
	sessions := newSessions()
	defer sessions.Close()

	app := fiber.New(fiber.Config{ErrorHandler: func(c *fiber.Ctx, err error) error {
		status := fiber.StatusInternalServerError
		if failed, ok := errors.AsType[*fiber.Error](err); ok {
			status = failed.Code
		}
		return c.Status(status).JSON(fiber.Map{"error": http.StatusText(status)})
	}})
	if err := fibersession.Install(app, sessions, nil); err != nil {
		fmt.Println(err)
		return
	}
	app.Get("/account", func(c *fiber.Ctx) error {
		_, err := auth.Require(c.UserContext())
		return err
	})

	send(app, "GET", "/account", "")
	// Output: GET /account 401 {"error":"Unauthorized"}
}

// Stream writes an answer piece by piece. The session is at hand, and what is
// changed in it is saved at the end.
func ExampleStream() {
	sessions := newSessions()
	defer sessions.Close()

	app := fiber.New()
	if err := fibersession.Install(app, sessions, nil); err != nil {
		fmt.Println(err)
		return
	}
	app.Get("/export", func(c *fiber.Ctx) error {
		return fibersession.Stream(c, func(w *bufio.Writer, s *session.Session) {
			for n := range 3 {
				fmt.Fprint(w, "row ", n, "; ")
				w.Flush()
			}
		})
	})
	send(app, "GET", "/export", "")
	// Output: GET /export 200 row 0; row 1; row 2;
}

// SameOrigin refuses what a page of another site sends.
func ExampleSameOrigin() {
	sessions := newSessions()
	defer sessions.Close()

	app := fiber.New()
	app.Use(fibersession.SameOrigin(http.NewCrossOriginProtection()))
	if err := fibersession.Install(app, sessions, nil); err != nil {
		fmt.Println(err)
		return
	}
	app.Post("/orders", func(c *fiber.Ctx) error { return c.SendString("ordered") })

	send(app, "POST", "/orders", "", "Sec-Fetch-Site", "same-origin")
	send(app, "POST", "/orders", "", "Sec-Fetch-Site", "cross-site")
	// Output:
	// POST /orders 200 ordered
	// POST /orders 403 cross-origin request detected from Sec-Fetch-Site header
}

// Fiber's cache keeps pages that are the same for everybody, and none that asked
// for the session.
func ExampleNoCache() {
	sessions := newSessions()
	defer sessions.Close()

	app := fiber.New()
	app.Use(cache.New(cache.Config{Next: fibersession.NoCache}))
	if err := fibersession.Install(app, sessions, nil); err != nil {
		fmt.Println(err)
		return
	}
	n := 0
	app.Get("/account", func(c *fiber.Ctx) error {
		if _, err := fibersession.Get(c); err != nil {
			return err
		}
		n++
		return c.SendString(fmt.Sprint("answer ", n))
	})
	send(app, "GET", "/account", "")
	send(app, "GET", "/account", "")
	// Output:
	// GET /account 200 answer 1
	// GET /account 200 answer 2
}
