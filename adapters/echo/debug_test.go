package echosession_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/gosessionkit/sessionkit/adapters/echo"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

// What the app puts behind Install keeps nobody from the debug endpoints, as they are
// answered before it.
func TestDebugBeforeWhatComesBehind(t *testing.T) {
	t.Parallel()
	e := echo.New()
	if err := echosession.Install(e, newManager(t, memstore.New(0)), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) })); err != nil {
		t.Fatal(err)
	}
	e.Use(middleware.CSRF(), echosession.RequireUser(nil))
	e.GET("/debug/mail", value)
	for _, c := range []struct {
		method, path string
		status       int
	}{{"GET", "/debug", 200}, {"GET", "/debug/sessions", 200}, {"POST", "/debug/sessions", 200}, {"GET", "/debug/mail", 401}, {"GET", "/value", 401}} {
		res := httptest.NewRecorder()
		e.ServeHTTP(res, httptest.NewRequest(c.method, c.path, nil))
		if res.Code != c.status || c.status == http.StatusOK && res.Body.String() != c.path {
			t.Errorf("%s %s: status %d: %s", c.method, c.path, res.Code, res.Body)
		}
	}
}
