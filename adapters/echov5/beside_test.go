package echosession_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	echosession "github.com/gosessionkit/sessionkit/adapters/echov5"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Echo answers HEAD with a handler for GET, and keeps the status back until that
// has returned; the session's middleware may be outside of this or inside.
func TestHeadByGet(t *testing.T) {
	t.Parallel()
	for _, outside := range []bool{true, false} {
		store := memstore.New(0)
		e := quietEcho(echo.RouterConfig{AutoHandleHEAD: true})
		sessions := echosession.Middleware(newManager(t, store))
		var stack []echo.MiddlewareFunc
		if outside {
			e.Use(sessions)
		} else {
			stack = append(stack, sessions)
		}
		e.GET("/set", func(c *echo.Context) error {
			if err := set(c, "red"); err != nil {
				return err
			}
			return c.String(http.StatusAccepted, text)
		}, stack...)
		v := visit(t, e)
		head := func() *http.Response {
			res, err := v.client.Head(v.url + "/set")
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			return res
		}
		if res := head(); res.StatusCode != http.StatusAccepted || res.ContentLength != int64(len(text)) || res.Header.Get("Set-Cookie") == "" {
			t.Errorf("outside %v: status %d, length %d, %v", outside, res.StatusCode, res.ContentLength, res.Header)
		}
		store.Close()
		if res := head(); res.StatusCode != http.StatusServiceUnavailable || res.ContentLength == int64(len(text)) || res.Header.Get("Set-Cookie") != "" {
			t.Errorf("outside %v, not saved: status %d, length %d, %v", outside, res.StatusCode, res.ContentLength, res.Header)
		}
	}
}

// In Pre, before a route is chosen, the session is there for other middleware of
// Pre too.
func TestPre(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	e := quietEcho()
	e.Pre(echosession.Middleware(newManager(t, store)), func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			if err := set(c, "red"); err != nil {
				return err
			}
			return next(c)
		}
	}, middleware.RemoveTrailingSlash())
	e.GET("/value", value)
	v := visit(t, e)
	v.want("/value/", http.StatusOK, "color red")
	if res := v.want("/unknown", http.StatusNotFound, `{"message":"Not Found"}`+"\n"); res.Header.Get("Vary") != "Cookie" {
		t.Errorf("headers %v", res.Header)
	}
	store.Close()
	visit(t, e).want("/unknown", http.StatusServiceUnavailable, `{"message":"Service Unavailable"}`+"\n")
}

// Each host may have sessions of its own.
func TestVirtualHosts(t *testing.T) {
	t.Parallel()
	shop := newEcho(t, memstore.New(0))
	shop.GET("/set", func(c *echo.Context) error { return set(c, "red") })
	blog := newEcho(t, memstore.New(0))
	blog.GET("/set", func(c *echo.Context) error { return set(c, "blue") })
	hosts := echo.NewVirtualHostHandler(map[string]*echo.Echo{"shop.example": shop, "blog.example": blog})
	for host, want := range map[string]string{"shop.example": "color red", "blog.example": "color blue", "other.example": `{"message":"Not Found"}`} {
		cookie, _, _ := strings.Cut(request(hosts, "http://"+host+"/set", "").Header().Get("Set-Cookie"), ";")
		if got := request(hosts, "http://"+host+"/value", cookie).Body.String(); strings.TrimSpace(got) != want {
			t.Errorf("%s: %s", host, got)
		}
	}
}

// Handlers and middleware for net/http have the session from package httpsession.
func TestWrapped(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	e := newEcho(t, store)
	e.GET("/set/:color", echo.WrapHandler(httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		s, err := httpsession.Get(r)
		if err == nil {
			err = session.Set(s, "color", r.PathValue("color"))
		}
		if err == nil {
			_, err = io.WriteString(w, "fine")
		}
		return err
	})))
	users := e.Group("/users", echo.WrapMiddleware(httpsession.RequireUser(nil)))
	users.GET("/value", value)
	v := visit(t, e)
	v.want("/set/red", http.StatusOK, "fine")
	v.want("/value", http.StatusOK, "color red")
	v.want("/users/value", http.StatusUnauthorized, "Unauthorized\n")
	v.want("/users/nothing", http.StatusUnauthorized, "Unauthorized\n")
	store.Close()
	visit(t, e).want("/set/red", http.StatusServiceUnavailable, "")
}

// What a handler sets before its time is over is saved, though the answer is an
// error, and what it sets later is refused.
func TestContextTimeout(t *testing.T) {
	for name, build := range map[string]func(*testing.T, echo.MiddlewareFunc) *echo.Echo{
		"outside": func(t *testing.T, timeout echo.MiddlewareFunc) *echo.Echo {
			return newEcho(t, memstore.New(0), timeout)
		},
		"inside": func(t *testing.T, timeout echo.MiddlewareFunc) *echo.Echo {
			e := newEcho(t, memstore.New(0))
			e.Use(timeout)
			return e
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := build(t, middleware.ContextTimeout(time.Second))
				e.GET("/before", func(c *echo.Context) error {
					if err := set(c, "red"); err != nil {
						return err
					}
					<-c.Request().Context().Done()
					return c.Request().Context().Err()
				})
				e.GET("/after", func(c *echo.Context) error {
					<-c.Request().Context().Done()
					return set(c, "blue")
				})
				res := request(e, "/before", "")
				cookie, _, _ := strings.Cut(res.Header().Get("Set-Cookie"), ";")
				if res.Code != http.StatusServiceUnavailable || request(e, "/value", cookie).Body.String() != "color red" {
					t.Errorf("set before the end: status %d, %v", res.Code, res.Header())
				}
				if res := request(e, "/after", cookie); res.Code != http.StatusServiceUnavailable || request(e, "/value", cookie).Body.String() != "color red" {
					t.Errorf("set after the end: status %d, %v", res.Code, res.Header())
				}
			})
		})
	}
}

// A handler that goes on behind the answer of http.TimeoutHandler around the app
// keeps its own context of Echo's, while others are served.
func TestTimeoutHandlerAround(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEcho(t, memstore.New(0))
		e.GET("/set/:color", func(c *echo.Context) error { return set(c, c.Param("color")) })
		goOn, late := make(chan struct{}), make(chan error)
		e.GET("/slow", func(c *echo.Context) error {
			<-goOn
			late <- set(c, "blue")
			return nil
		})
		app := http.TimeoutHandler(e, time.Second, "too late")
		ada, _, _ := strings.Cut(request(app, "/set/red", "").Header().Get("Set-Cookie"), ";")
		if res := request(app, "/slow", ada); res.Code != http.StatusServiceUnavailable || res.Body.String() != "too late" {
			t.Errorf("status %d, %q", res.Code, res.Body)
		}
		bob, _, _ := strings.Cut(request(app, "/set/green", "").Header().Get("Set-Cookie"), ";")
		close(goOn)
		if err := <-late; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the late handler's session: %v", err)
		}
		synctest.Wait()
		for cookie, want := range map[string]string{ada: "color red", bob: "color green"} {
			if got := request(app, "/value", cookie).Body.String(); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
	})
}

// request has app answer within the time of a bubble.
func request(app http.Handler, path, cookie string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Cookie", cookie)
	res := httptest.NewRecorder()
	app.ServeHTTP(res, r)
	return res
}

// A router that does not have a route twice says so, and nothing is installed by
// halves without a word.
func TestDebugPathTaken(t *testing.T) {
	t.Parallel()
	e := quietEcho(echo.RouterConfig{})
	e.Any("/app/debug", value)
	g := e.Group("/app")
	if err := echosession.Install(g, newManager(t, memstore.New(0)), nil); err != nil {
		t.Errorf("without debug pages: %v", err)
	}
	var taken *echo.AddRouteError
	if err := echosession.MountDebug(g, http.NotFoundHandler()); !errors.As(err, &taken) || taken.Path != "/app/debug" {
		t.Errorf("with them: %v", err)
	}
}

// What the app puts behind Install keeps nobody from the debug endpoints, as they are
// answered before it.
func TestDebugBeforeWhatComesBehind(t *testing.T) {
	t.Parallel()
	e := quietEcho(echo.RouterConfig{})
	if err := echosession.Install(e, newManager(t, memstore.New(0)), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) })); err != nil {
		t.Fatal(err)
	}
	e.Use(middleware.CSRF(), echosession.RequireUser(nil))
	e.GET("/debug/mail", value)
	for path, want := range map[string]int{"/debug": 200, "/debug/sessions": 200, "/debug/mail": 401, "/value": 401} {
		if res := request(e, path, ""); res.Code != want || want == 200 && res.Body.String() != path {
			t.Errorf("%s: status %d: %s", path, res.Code, res.Body)
		}
	}
	res := httptest.NewRecorder()
	if e.ServeHTTP(res, httptest.NewRequest(http.MethodPost, "/debug/sessions", nil)); res.Code != http.StatusOK {
		t.Errorf("POST: status %d: %s", res.Code, res.Body)
	}
}
