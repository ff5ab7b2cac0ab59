package echosession_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	echosession "github.com/gosessionkit/sessionkit/adapters/echov5"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// What takes errors outside hears of none that has been answered.
func TestAnsweredIsNoErrorOutside(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	var outside []error
	e := newEcho(t, store, func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			err := next(c)
			outside = append(outside, err)
			return err
		}
	})
	e.GET("/late", func(c *echo.Context) error {
		if err := set(c, "red"); err != nil {
			return err
		}
		if err := c.String(http.StatusOK, "fine"); err != nil {
			return err // "not saved"
		}
		return errors.New("after the answer")
	})
	store.Close()
	visit(t, e).want("/late", http.StatusServiceUnavailable, "")
	if len(outside) != 1 || outside[0] != nil {
		t.Errorf("outside: %v", outside)
	}
}

// The app's HTTPErrorHandler answers a failed save as it answers anything else,
// on whatever writers other middleware has put in between.
func TestHTTPErrorHandlerAnswersFailedSaves(t *testing.T) {
	t.Parallel()
	for name, silent := range map[string]bool{"answers": false, "keeps silent": true} {
		store := memstore.New(0)
		e := newEcho(t, store, middleware.Gzip())
		e.Use(middleware.BodyDump(ignore))
		e.HTTPErrorHandler = func(c *echo.Context, err error) {
			if !errors.Is(err, session.ErrClosed) && !errors.Is(err, httpsession.ErrNotSaved) { // from BodyDump
				t.Errorf("handed %v", err)
			}
			if res, _ := echo.UnwrapResponse(c.Response()); !silent && !res.Committed {
				c.HTML(echo.StatusCode(err), "<h1>sorry</h1>")
			}
		}
		body := "<h1>sorry</h1>"
		if silent {
			body = "Service Unavailable\n"
		}
		answers(e, func(c *echo.Context) error { return set(c, "red") })
		store.Close()
		for path := range wanted {
			if path == "/error" {
				continue // is handed the teapot first
			}
			t.Log(name, path)
			visit(t, e).want(path, http.StatusServiceUnavailable, body)
		}
	}
}

// Of two errors, the handler's and the failed save's, one is answered, also where
// the answer of the first has begun on another Response.
func TestOneErrorIsAnswered(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	e := newEcho(t, store, anotherResponse)
	e.HTTPErrorHandler = func(c *echo.Context, err error) {
		status := echo.StatusCode(err)
		c.String(status, http.StatusText(status))
	}
	answers(e, func(c *echo.Context) error { return set(c, "red") })
	store.Close()
	visit(t, e).want("/error", http.StatusServiceUnavailable, "Service Unavailable")
}

// All that takes slashes away or adds them, within the path or by a redirect.
func TestDebugBesideSlashMiddleware(t *testing.T) {
	t.Parallel()
	const moved = http.StatusMovedPermanently
	for name, pre := range map[string]echo.MiddlewareFunc{
		"add":              middleware.AddTrailingSlash(),
		"remove":           middleware.RemoveTrailingSlash(),
		"add, redirect":    middleware.AddTrailingSlashWithConfig(middleware.AddTrailingSlashConfig{RedirectCode: moved}),
		"remove, redirect": middleware.RemoveTrailingSlashWithConfig(middleware.RemoveTrailingSlashConfig{RedirectCode: moved}),
	} {
		e := echo.New()
		e.Pre(pre)
		debug := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("debug")) })
		if err := echosession.Install(e, newManager(t, memstore.New(0)), debug); err != nil {
			t.Fatal(err)
		}
		v := visit(t, e)
		for _, path := range []string{"/debug", "/debug/", "/debug/session", "/debug/session/"} {
			t.Log(name, path)
			v.want(path, http.StatusOK, "debug") // the client follows ten redirects
		}
	}
}

// CORS outside of RequireUser answers the preflights itself.
func TestCORSOutsideRequireUser(t *testing.T) {
	t.Parallel()
	e := newEcho(t, memstore.New(0))
	e.Use(middleware.CORSWithConfig(middleware.CORSConfig{AllowOrigins: []string{"https://app.example"}, AllowCredentials: true}))
	e.Use(echosession.RequireUser(nil))
	e.DELETE("/cart", func(c *echo.Context) error { return c.NoContent(http.StatusOK) })
	v := visit(t, e)
	for method, want := range map[string]int{http.MethodOptions: http.StatusNoContent, http.MethodDelete: http.StatusUnauthorized} {
		req, err := http.NewRequestWithContext(t.Context(), method, v.url+"/cart", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", "https://app.example")
		req.Header.Set("Access-Control-Request-Method", "DELETE")
		res, err := v.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want || res.Header.Get("Access-Control-Allow-Origin") != "https://app.example" {
			t.Errorf("%s: status %d, headers %v", method, res.StatusCode, res.Header)
		}
	}
}
