package debug_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
)

// Whoever has an app's configuration has its token.
func TestTokenOfAConfiguration(t *testing.T) {
	t.Parallel()
	for _, cfg := range []config.Config{
		{SecretKey: config.NewSecret("kW2vN8xQ4mZ7pR1tY6uB3cD9fG5hJ0aL"), DebugEndpoints: true, Mode: config.Development},
		{SecretKey: config.NewSecret("kW2vN8xQ4mZ7pR1tY6uB3cD9fG5hJ0aL"), DebugToken: config.NewSecret(" a token of its own "), DebugEndpoints: true, Mode: config.Development},
	} {
		silent := slog.New(slog.DiscardHandler)
		sessions, err := session.NewManager(t.Context(), cfg, memstore.New(0), session.WithLogger(silent))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { sessions.Close() })
		h := httpsession.Install(http.NewServeMux(), sessions, debug.New(sessions, debug.WithLogger(silent)))
		for token, want := range map[string]int{debug.Token(cfg).Reveal(): 200, "another": 403} {
			r := httptest.NewRequest("GET", "http://shop.example/debug/config", nil) // from elsewhere
			r.Header.Set("Authorization", "Bearer "+token)
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code != want {
				t.Errorf("status %d, want %d: %s", w.Code, want, w.Body)
			}
		}
	}
	if token := debug.Token(config.Config{}); !token.IsZero() {
		t.Error("a token without a key")
	}
}
