//go:build unix

package tests

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// overview is what the debug endpoints say, as far as tests wait for it.
type overview struct {
	Config struct {
		Worker struct {
			UptimeSeconds int64 `json:"uptime_seconds"`
		} `json:"worker"`
	} `json:"config"`
	Store struct {
		Facts map[string]string `json:"facts"`
	} `json:"store"`
}

// awaitUptime waits until a worker has run for so many seconds.
func awaitUptime(t *testing.T, app *trial.App, seconds int64) {
	t.Helper()
	awaitReport(t, app, func(o overview) bool { return o.Config.Worker.UptimeSeconds >= seconds })
}

// awaitEmptied waits until a worker has seen that the store was emptied.
func awaitEmptied(t *testing.T, app *trial.App) {
	t.Helper()
	awaitReport(t, app, func(o overview) bool { return o.Store.Facts["emptied_seconds"] != "" })
}

func awaitReport(t *testing.T, app *trial.App, ready func(overview) bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		var report overview
		a, err := app.NewBrowser().Try(http.MethodGet, "/debug/")
		if err == nil && json.Unmarshal([]byte(a.Body), &report) == nil && ready(report) {
			return
		}
	}
	t.Fatal("it did not come about in time")
}
