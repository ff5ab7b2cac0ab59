package echosession_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/labstack/echo/v5"

	echosession "github.com/gosessionkit/sessionkit/adapters/echov5"
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
func send(app http.Handler, method, path, cookie string) string {
	req := httptest.NewRequest(method, path, nil)
	req.Header.Set("Cookie", cookie)
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, req)
	fmt.Println(strings.TrimSpace(fmt.Sprintln(method, path, rec.Code, rec.Body)))
	for _, c := range rec.Result().Cookies() {
		cookie = c.Name + "=" + c.Value
	}
	return cookie
}

func Example() {
	sessions := newSessions()
	defer sessions.Close()

	e := echo.New()
	if err := echosession.Install(e, sessions, nil); err != nil { // nil, or debug.New(sessions)
		fmt.Println(err)
		return
	}
	e.GET("/", func(c *echo.Context) error {
		s, err := echosession.Get(c)
		if err != nil {
			return err
		}
		visits, err := session.Update(s, "visits", func(n int) (int, error) { return n + 1, nil })
		if err != nil {
			return err
		}
		return c.String(http.StatusOK, fmt.Sprint("visits: ", visits))
	})

	cookie := send(e, "GET", "/", "")
	send(e, "GET", "/", cookie)
	// Output:
	// GET / 200 visits: 1
	// GET / 200 visits: 2
}

// A group of routes that only users may see. The others are sent to the login.
func ExampleRequireUser() {
	sessions := newSessions()
	defer sessions.Close()

	e := echo.New()
	if err := echosession.Install(e, sessions, nil); err != nil {
		fmt.Println(err)
		return
	}
	e.POST("/login", func(c *echo.Context) error {
		if err := auth.Login(c.Request().Context(), "ada"); err != nil { // once the password is checked
			return err
		}
		return c.NoContent(http.StatusOK)
	})
	toLogin := func(c *echo.Context) error { return c.Redirect(http.StatusSeeOther, "/login") }
	users := e.Group("/orders", echosession.RequireUser(toLogin))
	users.POST("", func(c *echo.Context) error { return c.String(http.StatusOK, "ordered") })

	send(e, "POST", "/orders", "")
	cookie := send(e, "POST", "/login", "")
	send(e, "POST", "/orders", cookie)
	// Output:
	// POST /orders 303
	// POST /login 200
	// POST /orders 200 ordered
}

// A route that asks for the password again when the login is older than ten minutes.
func ExampleRequireFresh() {
	sessions := newSessions()
	defer sessions.Close()

	e := echo.New()
	if err := echosession.Install(e, sessions, nil); err != nil {
		fmt.Println(err)
		return
	}
	e.POST("/login", func(c *echo.Context) error {
		if err := auth.Login(c.Request().Context(), "ada"); err != nil { // once the password is checked
			return err
		}
		return c.NoContent(http.StatusOK)
	})
	toConfirm := func(c *echo.Context) error { return c.Redirect(http.StatusSeeOther, "/confirm") }
	e.POST("/password", func(c *echo.Context) error { return c.String(http.StatusOK, "changed") }, echosession.RequireFresh(10*time.Minute, toConfirm))

	send(e, "POST", "/password", "")
	cookie := send(e, "POST", "/login", "")
	send(e, "POST", "/password", cookie)
	// Output:
	// POST /password 303
	// POST /login 200
	// POST /password 200 changed
}

// Errors of the kit that a handler returns are answered by the app's
// HTTPErrorHandler, with the status that suits them.
func ExampleInstall() {
	sessions := newSessions()
	defer sessions.Close()

	e := echo.New()
	e.HTTPErrorHandler = func(c *echo.Context, err error) { // before Install
		status := cmp.Or(echo.StatusCode(err), http.StatusInternalServerError)
		c.JSON(status, map[string]any{"error": http.StatusText(status)})
	}
	if err := echosession.Install(e, sessions, nil); err != nil {
		fmt.Println(err)
		return
	}
	e.GET("/account", func(c *echo.Context) error {
		_, err := auth.Require(c.Request().Context())
		return err
	})

	send(e, "GET", "/account", "")
	// Output: GET /account 401 {"error":"Unauthorized"}
}
