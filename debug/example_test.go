package debug_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
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
