//go:build !race

package ginsession_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// What the middleware may allocate on top of the bare handler. Not parallel: it
// counts allocations. The race detector empties pools at random, so it is left
// out.
func TestAllocations(t *testing.T) {
	serve := func(e *gin.Engine, path, cookie string) float64 {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		if cookie != "" {
			r.Header.Set("Cookie", cookie)
		}
		w := discard{http.Header{}}
		return testing.AllocsPerRun(200, func() {
			clear(w.h)
			e.ServeHTTP(w, r)
		})
	}
	routes := func(e *gin.Engine) *gin.Engine {
		e.GET("/plain", func(c *gin.Context) { c.String(http.StatusOK, "ok") })
		e.GET("/read", func(c *gin.Context) {
			s, err := ginsession.Get(c)
			if err == nil {
				_, err = session.Get[string](s, "color")
			}
			if err != nil {
				ginsession.Error(c, err)
				return
			}
			c.String(http.StatusOK, "ok")
		})
		return e
	}
	e := newGin(t, memstore.New(0))
	routes(e).GET("/set", setRed)
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/set", nil))
	cookie := "session=" + rec.Result().Cookies()[0].Value

	least := serve(routes(gin.New()), "/plain", cookie)
	for path, most := range map[string]float64{"/plain": 2, "/read": 4} {
		if got := serve(e, path, cookie) - least; got > most {
			t.Errorf("%s: %v allocations more than a bare handler, at most %v wanted", path, got, most)
		}
	}
}

// discard is a response writer that costs nothing.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}
func (d discard) Flush()                      {}
