package ginsession_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
	_ "github.com/gosessionkit/sessionkit/adapters/gin/ginsessiontest" // puts Gin into its test mode
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

	r := gin.New()                                               // or gin.Default()
	if err := ginsession.Install(r, sessions, nil); err != nil { // nil, or debug.New(sessions)
		fmt.Println(err)
		return
	}
	r.GET("/", ginsession.Handler(func(c *gin.Context) error {
		s, err := ginsession.Get(c)
		if err != nil {
			return err
		}
		visits, err := session.Update(s, "visits", func(n int) (int, error) { return n + 1, nil })
		if err != nil {
			return err
		}
		c.String(http.StatusOK, "visits: %d", visits)
		return nil
	}))

	cookie := send(r, "GET", "/", "")
	send(r, "GET", "/", cookie)
	// Output:
	// GET / 200 visits: 1
	// GET / 200 visits: 2
}

// A plain gin.HandlerFunc answers an error by itself.
func ExampleError() {
	sessions := newSessions()
	defer sessions.Close()

	r := gin.New()
	r.Use(ginsession.Middleware(sessions))
	r.GET("/account", func(c *gin.Context) {
		user, err := auth.Require(c.Request.Context())
		if err != nil {
			ginsession.Error(c, err)
			return
		}
		c.String(http.StatusOK, "hello "+user)
	})

	send(r, "GET", "/account", "")
	// Output: GET /account 401 Unauthorized
}

// A group of routes that only users may see. The others are sent to the login.
func ExampleRequireUser() {
	sessions := newSessions()
	defer sessions.Close()

	r := gin.New()
	if err := ginsession.Install(r, sessions, nil); err != nil {
		fmt.Println(err)
		return
	}
	r.POST("/login", ginsession.Handler(func(c *gin.Context) error {
		return auth.Login(c.Request.Context(), "ada") // once the password is checked
	}))
	toLogin := func(c *gin.Context) { c.Redirect(http.StatusSeeOther, "/login") }
	users := r.Group("/orders", ginsession.RequireUser(toLogin))
	users.POST("", func(c *gin.Context) { c.String(http.StatusOK, "ordered") })

	send(r, "POST", "/orders", "")
	cookie := send(r, "POST", "/login", "")
	send(r, "POST", "/orders", cookie)
	// Output:
	// POST /orders 303
	// POST /login 200
	// POST /orders 200 ordered
}

// A route that asks for the password again when the login is older than ten minutes.
func ExampleRequireFresh() {
	sessions := newSessions()
	defer sessions.Close()

	r := gin.New()
	if err := ginsession.Install(r, sessions, nil); err != nil {
		fmt.Println(err)
		return
	}
	r.POST("/login", ginsession.Handler(func(c *gin.Context) error {
		return auth.Login(c.Request.Context(), "ada") // once the password is checked
	}))
	toConfirm := func(c *gin.Context) { c.Redirect(http.StatusSeeOther, "/confirm") }
	r.POST("/password", ginsession.RequireFresh(10*time.Minute, toConfirm), func(c *gin.Context) { c.String(http.StatusOK, "changed") })

	send(r, "POST", "/password", "")
	cookie := send(r, "POST", "/login", "")
	send(r, "POST", "/password", cookie)
	// Output:
	// POST /password 303
	// POST /login 200
	// POST /password 200 changed
}

// An API answers errors in JSON: those that handlers return, and those of saving.
func ExampleWithErrorHandler() {
	sessions := newSessions()
	defer sessions.Close()
	asJSON := func(c *gin.Context, err error) {
		status := session.HTTPStatus(err)
		c.AbortWithStatusJSON(status, gin.H{"error": session.StatusText(status)})
	}

	r := gin.New()
	if err := ginsession.Install(r, sessions, nil, ginsession.WithErrorHandler(asJSON)); err != nil {
		fmt.Println(err)
		return
	}
	r.GET("/account", ginsession.Handler(func(c *gin.Context) error {
		_, err := auth.Require(c.Request.Context())
		return err
	}))

	send(r, "GET", "/account", "")
	// Output: GET /account 401 {"error":"Unauthorized"}
}

// Install comes before the first route, since Gin would run those before it
// without a session.
func ExampleInstall() {
	sessions := newSessions()
	defer sessions.Close()
	r := gin.New()
	r.GET("/", func(*gin.Context) {})
	fmt.Println(ginsession.Install(r, sessions, nil) == ginsession.ErrRoutesBefore)
	// Output: true
}
