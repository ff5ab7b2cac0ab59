package debug_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/debug"
)

// OWASP 16.3.3: attempts to get past the gate are logged, without the token,
// and not so often that they fill the log.
func TestWrongTokenIsLogged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&log, nil))
		a := newApp(t, config.Config{DebugToken: config.NewSecret(testToken)}, memstore.New(0), debug.WithLogger(logger))
		lines := func() []string {
			defer log.Reset()
			return strings.Split(strings.TrimSpace(log.String()), "\n")
		}
		try := func(changes ...change) {
			if w := a.do("GET", "/debug/config", changes...); w.Code != http.StatusForbidden {
				t.Errorf("status %d", w.Code)
			}
		}
		wrong := header("Authorization", "Bearer gu3ssed-t0ken")
		for range 5 {
			try(from("192.0.2.1:40000"), wrong)
		}
		got := lines()
		if len(got) != 1 || !strings.Contains(got[0], "level=WARN") || !strings.Contains(got[0], "peer=192.0.2.1:40000") || strings.Contains(got[0], "gu3ssed") {
			t.Errorf("%q", got)
		}
		time.Sleep(time.Minute)
		try(wrong) // from this host too
		if got := lines(); len(got) != 1 || !strings.Contains(got[0], "same_not_logged=4") {
			t.Errorf("%q", got)
		}
		time.Sleep(time.Minute)
		try(from("192.0.2.1:40000"))
		a.do("GET", "/debug/config", withToken())
		if got := lines(); got[0] != "" {
			t.Errorf("without a token, and with the right one: %q", got)
		}
	})
}
