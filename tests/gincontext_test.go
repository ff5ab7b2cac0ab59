//go:build unix

package tests

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
	"github.com/gosessionkit/sessionkit/core/auth"
)

// A *gin.Context in the place of the request's context has lost the session: the
// finding names the line, and what to hand over instead. Not parallel: it is told to
// all managers of the process.
func TestGinContextIsNoContext(t *testing.T) {
	sessions := earlyManager(t)
	e := gin.New()
	if err := ginsession.Install(e, sessions, nil); err != nil {
		t.Fatal(err)
	}
	e.GET("/login", func(c *gin.Context) {
		if err := auth.Login(c, "ada"); err != nil {
			ginsession.Error(c, err)
		}
	})
	answer := httptest.NewRecorder()
	e.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/login", nil))
	if answer.Code != http.StatusInternalServerError {
		t.Errorf("status %d", answer.Code)
	}
	found := sessions.Diagnostics().Findings(t.Context())
	for _, f := range found {
		if f.ID == "context-replaced" && strings.Contains(f.Message, "gincontext_test.go:") && strings.Contains(f.Fix, "ContextWithFallback") {
			return
		}
	}
	t.Errorf("findings: %v", found)
}
