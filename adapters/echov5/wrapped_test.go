package echosession_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/labstack/echo/v5"

	"github.com/gosessionkit/sessionkit/core/memstore"
)

// closing is a writer that takes nothing once its middleware has returned, as those
// that compress.
type closing struct {
	http.ResponseWriter
	closed bool
}

func (w *closing) Unwrap() http.ResponseWriter { return w.ResponseWriter }

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

// wrapped is a middleware of net/http that puts its writer in front while it runs.
func wrapped(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w = &closing{ResponseWriter: w}
		next.ServeHTTP(w, r)
		w.(*closing).closed = true
		w.(*closing).ResponseWriter.WriteHeader(http.StatusOK)
	})
}

// echo.WrapMiddleware leaves its response behind when Echo answers the error of a
// handler. The session is saved all the same, whether the writer below can be found
// or not.
func TestWrapMiddleware(t *testing.T) {
	t.Parallel()
	for name, mw := range map[string]func(http.Handler) http.Handler{
		"closing": wrapped,
		"hiding":  func(next http.Handler) http.Handler { return http.TimeoutHandler(next, time.Minute, "") },
	} {
		for _, inside := range []bool{false, true} {
			store := memstore.New(0)
			var e *echo.Echo
			if inside {
				e = newEcho(t, store)
				e.Use(echo.WrapMiddleware(mw))
			} else {
				e = newEcho(t, store, echo.WrapMiddleware(mw))
			}
			answers(e, func(c *echo.Context) error { return set(c, "red") })
			for path, want := range wanted {
				switch path {
				case "/flush":
					continue // neither does
				case "/error":
					want.status = http.StatusOK // it comes too late, with the session or without
				}
				t.Log(name, "inside:", inside, path)
				v := visit(t, e)
				v.want(path, want.status, "")
				v.want("/value", http.StatusOK, "color red")
			}
			store.Close()
			for path := range wanted {
				if path != "/flush" {
					visit(t, e).want(path, http.StatusServiceUnavailable, "")
				}
			}
		}
	}
}
