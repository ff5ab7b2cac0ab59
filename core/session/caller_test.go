package session_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Who asks for the session of a request that has none is found with the line of
// code; a job in the background that asks is no error of the set-up. Not parallel:
// all managers of the process are told.
func TestAskingOutsideOfTheMiddleware(t *testing.T) {
	sessions, err := session.NewManager(t.Context(), config.Config{}, memstore.New(0))
	if err != nil {
		t.Fatal(err)
	}
	defer sessions.Close()
	order := func() string {
		findings := sessions.Diagnostics().Findings(t.Context())
		if i := slices.IndexFunc(findings, func(f check.Finding) bool { return f.ID == "middleware-order" }); i >= 0 {
			return findings[i].Message
		}
		return ""
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		session.From(context.Background())
	}()
	<-done
	if said := order(); strings.Contains(said, "caller_test.go") {
		t.Errorf("a job in the background is told: %s", said)
	}
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { session.From(r.Context()) })
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	if said := order(); !strings.Contains(said, "caller_test.go:") {
		t.Errorf("a handler is not: %q", said)
	}
}
