package session_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A worker that runs says once that another with another key has come, and
// once that it has gone.
func TestNewcomersAreNoticed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, log, strangersLog := newCommonStore(), &logLines{}, &logLines{}
		newManager(t, inMode(config.Development), store, log.option())
		cfg := inMode(config.Development)
		cfg.SecretKey = config.NewSecret("Zq8-" + cfg.SecretKey.Reveal())
		time.Sleep(2 * worker.Beat)
		stranger, err := session.NewManager(t.Context(), cfg, store, strangersLog.option())
		if err != nil {
			t.Fatal(err)
		}
		gone := func() (n int) {
			for _, line := range log.with("id", "secret-key-differs") {
				if strings.Contains(line["msg"].(string), "no longer") {
					n++
				}
			}
			return n
		}
		want(t, "lines before the look", len(log.with("id", "secret-key-differs")), 0)
		time.Sleep(4 * time.Minute)
		lines := log.with("id", "secret-key-differs")
		if len(lines) != 1 || lines[0]["level"] != "ERROR" || !strings.Contains(lines[0]["msg"].(string), stranger.Diagnostics().Worker().ID) || lines[0]["fix"] == "" {
			t.Errorf("logged %v", lines)
		}
		want(t, "lines of the newcomer, whose start has said it", len(strangersLog.with("id", "secret-key-differs")), 1)
		if err := stranger.Close(); err != nil {
			t.Fatal(err)
		}
		want(t, "lines that say it has gone, before the look", gone(), 0)
		time.Sleep(4 * time.Minute)
		want(t, "lines that say it has gone", gone(), 1)
		want(t, "lines in all", len(log.with("id", "secret-key-differs")), 2)
	})
}

// Workers that start together cannot see each other yet. They do a beat later.
func TestWorkersThatStartTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newCommonStore()
		var logs [3]logLines
		for i := range logs {
			newManager(t, config.Config{Mode: config.Development}, store, logs[i].option())
		}
		time.Sleep(worker.Beat)
		synctest.Wait()
		for i := range logs {
			want(t, "lines about the keys", len(logs[i].with("id", "secret-key-differs")), 1)
		}
	})
}

// A store that does not list the workers is no sign that they have gone.
func TestWatchInAnOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, log := newCommonStore(), &logLines{}
		for range 2 {
			newManager(t, config.Config{Mode: config.Development}, store, log.option())
		}
		time.Sleep(worker.Beat)
		synctest.Wait()
		want(t, "lines at first", len(log.with("id", "secret-key-differs")), 2)
		store.set(func() { store.listless = errDown })
		time.Sleep(3 * time.Minute)
		want(t, "lines in all", len(log.with("id", "secret-key-differs")), 2)
	})
}
