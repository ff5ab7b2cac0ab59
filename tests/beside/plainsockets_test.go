package beside

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/coder/websocket"
	"github.com/labstack/echo/v5"
)

// What lets no upgrade by coder/websocket through does so without the session too.
func TestSocketsWithoutSession(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, wrapper string
		echo, works   bool
	}{
		{name: "net/http", works: true},
		{name: "Echo v5", echo: true, works: true},
		{name: "net/http", wrapper: "CAFxX/httpcompression, br"},
		{name: "net/http", wrapper: "http.TimeoutHandler"},
		{name: "Echo v5", wrapper: "CAFxX/httpcompression, br", echo: true},
		{name: "Echo v5", wrapper: "http.TimeoutHandler", echo: true},
	} {
		t.Run(tc.name+"/"+tc.wrapper, func(t *testing.T) {
			t.Parallel()
			wrap := func(next http.Handler) http.Handler { return next }
			if i := slices.IndexFunc(wrappers(), func(w wrapper) bool { return w.name == tc.wrapper }); i >= 0 {
				wrap = func(next http.Handler) http.Handler { return wrappers()[i].wrap(t, next) }
			} else if tc.wrapper != "" {
				t.Fatal("there is no such middleware")
			}
			h := wrap(http.HandlerFunc(brief))
			if tc.echo {
				e := newEchoV5()
				e.Use(echo.WrapMiddleware(wrap))
				e.GET("/", echo.WrapHandler(http.HandlerFunc(brief)))
				h = e
			}
			server := httptest.NewUnstartedServer(h)
			server.Config.ErrorLog = quiet
			server.Start()
			defer server.Close()
			conn, _, err := websocket.Dial(t.Context(), server.URL, &websocket.DialOptions{HTTPHeader: http.Header{"Accept-Encoding": {"br"}}})
			if err == nil {
				conn.CloseNow()
			}
			if (err == nil) != tc.works {
				t.Errorf("the upgrade ended with %v; it is to work: %v", err, tc.works)
			}
		})
	}
}
