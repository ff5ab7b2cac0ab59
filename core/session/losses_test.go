package session_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
)

// lossyStore is a Redis that counts how often it is asked about itself.
type lossyStore struct {
	*sharedStore
	mu    sync.Mutex
	facts map[string]string
	asked int
}

func (s *lossyStore) Inspect(context.Context) (check.Inspection, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	return check.Inspection{Facts: s.facts}, nil
}

func (s *lossyStore) say(facts map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.facts = facts
}

func (s *lossyStore) questions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// That the store has lost sessions is logged once, when both its word and
// requests show it, with the fix; nobody asks it where no request has.
func TestLossesAreLogged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, log := &lossyStore{sharedStore: newSharedStore()}, &logLines{}
		m := newManager(t, inMode(config.Development), store, log.option())
		atStart := store.questions()
		evicted := map[string]string{"maxmemory_policy": "allkeys-lru", "evicted_keys": "9", "maxmemory": "100"}
		step := func(name string, lines int) {
			t.Helper()
			time.Sleep(3 * time.Minute)
			if got := log.with("id", "sessions-lost"); len(got) != lines {
				t.Errorf("%s: %d lines, want %d: %v", name, len(got), lines, got)
			}
		}
		refuse := func() {
			m.Diagnostics().Rejected(config.TokenCookie, diagnose.ReasonNotFound, config.Fingerprint{}, driver.StoreID{})
		}

		store.say(evicted)
		step("nobody has come", 0)
		if n := store.questions() - atStart; n > 0 {
			t.Errorf("the store was asked %d times for nothing", n)
		}
		store.say(nil)
		refuse()
		step("an old cookie, as every day", 0)
		store.say(evicted)
		step("keys were thrown out", 1)
		line := log.with("id", "sessions-lost")[0]
		if line["level"] != "ERROR" || line["fix"] == "" {
			t.Errorf("%v", line)
		}
		refuse()
		step("it goes on", 1)
		time.Sleep(time.Hour)
		step("forgotten", 1)
		refuse()
		step("once more", 2)
	})
}
