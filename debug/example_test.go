package debug_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
)

func Example() {
	cfg := config.Config{DebugEndpoints: true} // usually from config.Parse: --debug-endpoints
	sessions, err := session.NewManager(context.Background(), cfg, memstore.New(0), session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sessions.Close()

	mux := http.NewServeMux()
	server := httptest.NewServer(httpsession.Install(mux, sessions, debug.New(sessions)))
	defer server.Close()

	res, err := http.Get(server.URL + "/debug/session")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	report, err := io.ReadAll(res.Body)
	fmt.Println(strings.Contains(string(report), `"status": "new"`), err)
	// Output: true <nil>
}

// Values whose name sounds like a secret are hidden anyway. The app hides what else
// is nobody's business.
func ExampleWithRedact() {
	cfg := config.Config{DebugEndpoints: true}
	sessions, err := session.NewManager(context.Background(), cfg, memstore.New(0), session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sessions.Close()

	mux := http.NewServeMux()
	mux.Handle("POST /login", httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		s, err := httpsession.Get(r)
		if err != nil {
			return err
		}
		return session.Set(s, "email", "ada@example.com")
	}))
	redact := debug.WithRedact(func(key string, value any) any {
		if key == "email" {
			return "[hidden]"
		}
		return value
	})
	server := httptest.NewServer(httpsession.Install(mux, sessions, debug.New(sessions, redact)))
	defer server.Close()

	jar, _ := cookiejar.New(nil)
	browser := http.Client{Jar: jar}
	if res, err := browser.Post(server.URL+"/login", "", nil); err != nil {
		fmt.Println(err)
		return
	} else {
		res.Body.Close()
	}
	res, err := browser.Get(server.URL + "/debug/session")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	report, err := io.ReadAll(res.Body)
	fmt.Println(strings.Contains(string(report), "[hidden]"), strings.Contains(string(report), "ada@"), err)
	// Output: true false <nil>
}
