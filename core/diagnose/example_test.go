package diagnose_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/internal/visitor"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A browser comes with a cookie that nobody signed. The monitor counts it, and
// says what that means.
func ExampleMonitor() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	app := httpsession.Middleware(sessions)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		session.From(r.Context())
	}))
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: "session", Value: "made up"})
	visitor.New(sessions).Send(app, r)

	monitor := sessions.Diagnostics()
	fmt.Println(monitor.Rejections()[diagnose.ReasonMalformed])
	meaning, fix := monitor.Explain(diagnose.ReasonMalformed)
	fmt.Println(meaning)
	fmt.Println(fix)
	// Output:
	// 1
	// the cookie is not a sessionkit token: another program uses the same cookie name, or it was cut on the way
	// choose another --session-cookie-name (SESSION_COOKIE_NAME), or delete the old cookie
}

// What is wrong with the set-up, for a report of the app's own.
func ExampleMonitor_Findings() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	for _, f := range sessions.Diagnostics().Findings(context.Background()) {
		fmt.Println(f.Severity, f.ID)
	}
	// Output: warning secret-key-missing
}
