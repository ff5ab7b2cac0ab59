//go:build unix

package tests

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// A killed worker is gone from the list within three beats of 5 seconds.
func TestKilledWorkerIsForgotten(t *testing.T) {
	matrix(t, func(t *testing.T, router string, args []string) {
		args = append(args, "--debug-endpoints")
		stays := trial.Start(t, router, append(args, "--workers", "1")...)
		goes := trial.Start(t, router, append(args, "--workers", "2")...)
		b := stays.NewBrowser()
		victim := goes.NewBrowser().Me().PID
		listed := func() bool {
			for _, w := range report[debug.WorkersReport](t, b, "/debug/workers").Workers {
				if w.PID == victim {
					return true
				}
			}
			return false
		}
		until(t, time.Minute, "the worker shows", listed)
		goes.Kill(victim)
		until(t, time.Minute, "the killed worker is gone", func() bool { return !listed() })
	})
}

// A hundred workers on one Redis are all in one report, and on its page.
func TestHundredWorkers(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	var ids []string
	for range 100 {
		store, err := redis.Open(t.Context(), server.URL())
		if err != nil {
			t.Fatal(err)
		}
		m, err := session.NewManager(t.Context(), config.Config{SecretKey: config.NewSecret(secret)}, store, session.WithLogger(slog.New(slog.DiscardHandler)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { m.Close() })
		ids = append(ids, m.Diagnostics().Worker().ID)
	}
	t.Run("seen by", func(t *testing.T) {
		routers(t, func(t *testing.T, router string) {
			app := trial.Start(t, router, "--workers", "1", "--debug-endpoints", "--secret-key", secret, "--redis-url", server.URL())
			b := app.NewBrowser()
			w := report[debug.WorkersReport](t, b, "/debug/workers")
			if w.Summary.Count != len(w.Workers) || len(w.Workers) <= len(ids) {
				t.Errorf("%d workers listed: %+v", len(w.Workers), w.Summary)
			}
			listed := map[string]bool{}
			for _, other := range w.Workers {
				listed[other.ID] = true
			}
			for _, id := range ids {
				if !listed[id] {
					t.Errorf("worker %s is not listed", id)
				}
			}
			page := b.With("Accept", "text/html").Do(http.StatusOK, "GET", "/debug/workers").Body
			if rows := strings.Count(page, ">pid "); rows < len(w.Workers) {
				t.Errorf("the page lists %d of %d workers", rows, len(w.Workers))
			}
		})
	})
}
