package echosession_test

import (
	"net/http"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/gosessionkit/sessionkit/core/memstore"
)

// closing is a writer that takes nothing once its middleware has returned, as those
// that compress.
type closing struct {
	http.ResponseWriter
	closed bool
}

func (w *closing) WriteHeader(status int) {
	if !w.closed {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *closing) Write(b []byte) (int, error) {
	if w.closed {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// echo.WrapMiddleware leaves its response behind. The error of a handler is answered
// all the same, with the session, on the one that the session's middleware had.
func TestWrappedInside(t *testing.T) {
	t.Parallel()
	e := newEcho(t, memstore.New(0))
	e.Use(echo.WrapMiddleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w = &closing{ResponseWriter: w}
			next.ServeHTTP(w, r)
			w.(*closing).closed = true
		})
	}))
	answers(e, func(c echo.Context) error { return set(c, "red") })
	for path, want := range wanted {
		if path == "/flush" {
			continue // closing does not
		}
		v := visit(t, e)
		v.want(path, want.status, want.body)
		v.want("/value", http.StatusOK, "color red")
	}
}
