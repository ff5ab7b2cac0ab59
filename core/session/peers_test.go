package session_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A worker that was killed on this host stops no start beside it.
func TestKilledHere(t *testing.T) {
	t.Parallel()
	child := exec.Command(os.Args[0], "-test.run=^$")
	if err := child.Run(); err != nil {
		t.Fatal(err)
	}
	killed := worker.Info{ID: "4e5f6071", PID: child.Process.Pid, PIDSpace: worker.PIDSpace(), Keys: []string{"00000000"}, Cookie: "session"}
	if killed.PIDSpace == "" {
		t.Skip("this system does not say what a process id is counted in")
	}
	raw, err := json.Marshal(killed)
	if err != nil {
		t.Fatal(err)
	}
	store, log := newCommonStore(), &logLines{}
	if _, err := store.Announce(t.Context(), killed.ID, raw, worker.TTL); err != nil {
		t.Fatal(err)
	}
	m := newManager(t, inMode(config.Production), store, log.option())
	if found, ok := finding(m.Diagnostics().Findings(t.Context()), "secret-key-differs"); ok {
		t.Errorf("found %+v", found)
	}
	if list, err := m.Diagnostics().Workers(t.Context()); err != nil || len(list) > 1 {
		t.Errorf("workers %+v, %v", list, err)
	}
}

// An app with two cookies is one worker, and nothing is wrong with it.
func TestTwoCookiesInOneProcess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newCommonStore()
		cfg := inMode(config.Development)
		shop := newManager(t, cfg, store)
		cfg.Cookie.Name = "admin"
		cfg.Lifetime = time.Hour
		admin := newManager(t, cfg, store)
		synctest.Wait()
		for _, m := range []*session.Manager{shop, admin} {
			list, err := m.Diagnostics().Workers(t.Context())
			if err != nil || len(list) != 1 || list[0].ID != m.Diagnostics().Worker().ID {
				t.Errorf("workers %+v, %v", list, err)
			}
			for _, id := range []string{"workers-config", "secret-key-differs"} {
				if found, ok := finding(m.Diagnostics().Findings(t.Context()), id); ok {
					t.Errorf("found %+v", found)
				}
			}
		}
	})
}
