package ginsession_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

var text = strings.Repeat("compress me ", 1000)

// ways are those to end, for apps with other middleware around.
var ways = map[string]struct {
	answer gin.HandlerFunc
	status int
	body   string
}{
	"/long":     {func(c *gin.Context) { c.String(http.StatusOK, text) }, http.StatusOK, text},
	"/json":     {func(c *gin.Context) { c.JSON(http.StatusCreated, gin.H{"a": 1}) }, http.StatusCreated, `{"a":1}`},
	"/status":   {func(c *gin.Context) { c.Status(http.StatusAccepted) }, http.StatusAccepted, ""},
	"/none":     {func(c *gin.Context) {}, http.StatusOK, ""},
	"/abort":    {func(c *gin.Context) { c.AbortWithStatus(http.StatusTeapot) }, http.StatusTeapot, ""},
	"/redirect": {func(c *gin.Context) { c.Redirect(http.StatusSeeOther, "/landed") }, http.StatusOK, "landed"},
	"/flush": {func(c *gin.Context) {
		c.Writer.WriteString(text)
		c.Writer.Flush()
	}, http.StatusOK, text},
	"/now": {func(c *gin.Context) {
		c.Status(http.StatusAccepted)
		c.Writer.WriteHeaderNow()
	}, http.StatusAccepted, ""},
	"/error": {ginsession.Handler(func(*gin.Context) error { return errors.New("sold out") }), http.StatusInternalServerError, "Internal Server Error\n"},
	"/stream": {func(c *gin.Context) {
		sent := 0
		c.Stream(func(w io.Writer) bool {
			io.WriteString(w, "x")
			sent++
			return sent < 3
		})
	}, http.StatusOK, "xxx"},
	"/sse": {func(c *gin.Context) { c.SSEvent("message", "hello") }, http.StatusOK, "event:message\ndata:hello\n\n"},
}

func addWays(e *gin.Engine) {
	e.GET("/landed", func(c *gin.Context) { c.String(http.StatusOK, "landed") })
	for path, way := range ways {
		e.GET(path, setRed, way.answer)
	}
}

// gzipper compresses as gin-contrib/gzip does.
func gzipper(c *gin.Context) {
	zip := gzip.NewWriter(c.Writer)
	w := &zipped{c.Writer, zip}
	c.Header("Content-Encoding", "gzip")
	c.Writer = w
	defer func() {
		if w.Size() < 0 || w.plain() {
			w.Header().Del("Content-Encoding")
			zip.Reset(io.Discard)
		}
		zip.Close()
	}()
	c.Next()
	w.Header().Del("Content-Length")
}

type zipped struct {
	gin.ResponseWriter
	zip *gzip.Writer
}

func (w *zipped) plain() bool {
	return w.Header().Get("Content-Encoding") != "gzip" || w.Status() >= 400
}
func (w *zipped) WriteHeaderNow() {
	if w.plain() {
		w.Header().Del("Content-Encoding")
	}
	w.ResponseWriter.WriteHeaderNow()
}
func (w *zipped) WriteString(s string) (int, error) { return w.Write([]byte(s)) }
func (w *zipped) Write(b []byte) (int, error) {
	if w.plain() {
		w.Header().Del("Content-Encoding")
		return w.ResponseWriter.Write(b)
	}
	n, err := w.zip.Write(b)
	if err == nil {
		err = w.zip.Flush()
	}
	return n, err
}

// copied is the usual writer of those who log bodies.
type copied struct {
	gin.ResponseWriter
	body bytes.Buffer
}

func (w *copied) Write(b []byte) (int, error) {
	w.body.Write(b)
	return w.ResponseWriter.Write(b)
}

// Middleware that puts its own writer in front, outside the session's and inside
// it, and takes it away or not.
func TestOtherWriters(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]gin.HandlerFunc{
		"gzip":           gzipper,
		"never restored": func(c *gin.Context) { c.Writer = &copied{ResponseWriter: c.Writer} },
		"restored": func(c *gin.Context) {
			before := c.Writer
			c.Writer = &copied{ResponseWriter: before}
			c.Next()
			c.Writer = before
		},
		"logger":   gin.LoggerWithWriter(io.Discard),
		"recovery": gin.RecoveryWithWriter(io.Discard),
	} {
		for place, build := range map[string]func(store driver.Store) *gin.Engine{
			"outside": func(store driver.Store) *gin.Engine { return newGin(t, store, other) },
			"inside": func(store driver.Store) *gin.Engine {
				e := newGin(t, store)
				e.Use(other)
				return e
			},
		} {
			t.Run(name+" "+place, func(t *testing.T) {
				for path, want := range ways {
					store := memstore.New(0)
					e := build(store)
					addWays(e)
					v := visit(t, e)
					res := v.want(path, want.status, want.body)
					if path != "/redirect" && res.Header.Get("Set-Cookie") == "" {
						t.Errorf("GET %s: no cookie", path)
					}
					v.want("/value", http.StatusOK, "color red")

					store.Close()
					res = visit(t, e).want(path, http.StatusServiceUnavailable, "Service Unavailable\n")
					if res.Header.Get("Retry-After") != "1" || res.Header.Get("Set-Cookie") != "" {
						t.Errorf("GET %s when the session cannot be saved: headers %v", path, res.Header)
					}
				}
			})
		}
	}
}
