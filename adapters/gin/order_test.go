package ginsession_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A middleware that asks for the session before it is there is found, and the
// finding names the route and the line that puts it right. Not parallel: it is told
// to all managers of the process.
func TestWrongOrder(t *testing.T) {
	for name, early := range map[string]gin.HandlerFunc{
		"Get":         func(c *gin.Context) { ginsession.Get(c) }, // and goes on without it
		"RequireUser": ginsession.RequireUser(nil),
	} {
		t.Run(name, func(t *testing.T) {
			sessions := newManager(t, memstore.New(0))
			e := gin.New()
			e.Use(early)
			if err := ginsession.Install(e, sessions, nil); err != nil {
				t.Fatal(err)
			}
			e.GET("/cart/:id", func(*gin.Context) {})
			for range 2 {
				e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/cart/7", nil))
			}
			found := sessions.Diagnostics().Findings(t.Context())
			for _, f := range found {
				if f.ID == "middleware-order" && f.Severity == check.Error &&
					strings.Contains(f.Message, "GET /cart/:id") && strings.Contains(f.Fix, "ginsession.Install(") {
					return
				}
			}
			t.Errorf("findings: %v", found)
		})
	}
}

type key struct{}

// A *gin.Context is a context.Context too. It leads to the request's where the
// app has it so, and is found as a context that has lost the session where not.
func TestGinContextForContext(t *testing.T) {
	for _, fallback := range []bool{true, false} {
		sessions := newManager(t, memstore.New(0))
		e := gin.New()
		e.ContextWithFallback = fallback
		if err := ginsession.Install(e, sessions, nil); err != nil {
			t.Fatal(err)
		}
		var err error
		e.GET("/login", func(c *gin.Context) {
			if err = auth.Login(c, "ada"); err == nil {
				_, err = session.From(context.WithValue(c, key{}, "value"))
			}
		})
		answer := httptest.NewRecorder()
		e.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/login", nil))
		if fallback != (err == nil) || fallback != (len(answer.Result().Cookies()) == 1) {
			t.Errorf("with fallback %v: %v, %v", fallback, err, answer.Result().Cookies())
		}
	}
}
