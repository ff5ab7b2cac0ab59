package session_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// commonStore is one that several workers share: its registry is a real one,
// it can be emptied, cut off, and have a clock of its own.
type commonStore struct {
	*memstore.Store
	mu     sync.Mutex
	origin driver.StoreID
	behind time.Duration // how far its clock is behind; 0 for no clock
	down   error

	listless error // why it does not list the workers
}

func newCommonStore() *commonStore { return &commonStore{Store: memstore.New(0)} }

func (s *commonStore) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *commonStore) Describe() driver.Description { return driver.Description{Kind: "redis"} }

func (s *commonStore) Close() error { return nil } // the others still use it

func (s *commonStore) Identify(_ context.Context, proposed driver.StoreID) (driver.StoreID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.origin == (driver.StoreID{}) && s.down == nil {
		s.origin = proposed
	}
	return s.origin, s.down
}

func (s *commonStore) Announce(ctx context.Context, id string, info json.RawMessage, ttl time.Duration) (now time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down != nil {
		return now, s.down
	}
	if s.behind != 0 {
		now = time.Now().Add(-s.behind)
	}
	_, err = s.Store.Announce(ctx, id, info, ttl)
	return now, err
}

func (s *commonStore) Workers(ctx context.Context) (map[string]json.RawMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(s.down, s.listless); err != nil {
		return nil, err
	}
	return s.Store.Workers(ctx)
}

// wantOneStore asks whether all workers, and what they announce, name one store.
func wantOneStore(t *testing.T, want driver.StoreID, managers ...*session.Manager) {
	t.Helper()
	list, err := managers[0].Diagnostics().Workers(t.Context())
	if err != nil || len(list) != len(managers) {
		t.Fatalf("workers %+v, %v", list, err)
	}
	for i, m := range managers {
		if m.Diagnostics().StoreID() != want || list[i].StoreID != want.String() {
			t.Errorf("worker %d knows the store as %v and announces %s, want %v", i, m.Diagnostics().StoreID(), list[i].StoreID, want)
		}
	}
}

// A store that was emptied gets its id back within a beat, unless somebody
// was faster: then all take that one.
func TestEmptiedStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, log := newCommonStore(), &logLines{}
		managers := []*session.Manager{
			newManager(t, inMode(config.Development), store, log.option()),
			newManager(t, inMode(config.Development), store),
		}
		synctest.Wait()
		old := managers[0].Diagnostics().StoreID()
		wantOneStore(t, old, managers...)

		store.set(func() { store.origin = driver.StoreID{} })
		time.Sleep(worker.Beat)
		synctest.Wait()
		wantOneStore(t, old, managers...)
		want(t, "id that the store has", store.origin, old)
		want(t, "lines in the log", len(log.with("was", old.String())), 0)

		store.set(func() { store.origin = driver.StoreID{} })
		managers = append(managers, newManager(t, inMode(config.Development), store))
		newcomer := managers[2].Diagnostics().StoreID()
		if newcomer == old {
			t.Fatal("the newcomer has drawn the old id")
		}
		time.Sleep(worker.Beat)
		synctest.Wait()
		wantOneStore(t, newcomer, managers...)
		if lines := log.with("was", old.String()); len(lines) != 1 || lines[0]["is"] != newcomer.String() {
			t.Errorf("logged %v", lines)
		}
	})
}

// A clock that is off is announced with the first announcement.
func TestSkewIsAnnouncedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newCommonStore()
		store.behind = time.Hour
		m := newManager(t, inMode(config.Development), store)
		synctest.Wait()
		list, err := m.Diagnostics().Workers(t.Context())
		if err != nil || len(list) != 1 || list[0].Skew != time.Hour {
			t.Errorf("announced %+v, %v", list, err)
		}
	})
}

// 105: after an outage that was longer than a worker counts without a sign of
// life, it is back within a beat.
func TestBeatAfterOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, log := newCommonStore(), &logLines{}
		m := newManager(t, inMode(config.Development), store, log.option())
		synctest.Wait()
		store.set(func() { store.down = errDown })
		time.Sleep(time.Minute)
		synctest.Wait() // a beat comes at the same moment
		store.set(func() { store.down = nil })
		if list, err := m.Diagnostics().Workers(t.Context()); len(list) != 0 || err != nil {
			t.Errorf("after the outage: %+v, %v", list, err)
		}
		time.Sleep(worker.Beat)
		synctest.Wait()
		if list, err := m.Diagnostics().Workers(t.Context()); len(list) != 1 || err != nil {
			t.Errorf("a beat later: %+v, %v", list, err)
		}
		for _, text := range []string{"session: the store did not take this worker's heartbeat", "session: the store takes this worker's heartbeat again"} {
			want(t, text, len(log.with("msg", text)), 1)
		}
	})
}

// In production another worker's key stops a start. One that was killed does
// not: it is silent.
func TestStartBesideAnotherKey(t *testing.T) {
	t.Parallel()
	stranger := worker.Info{ID: "4e5f6071", PID: 7, Host: "web2", Keys: []string{"00000000"}, Cookie: "session"}
	for name, tc := range map[string]struct {
		meanwhile func(t *testing.T, store *commonStore, announce func())
		took      time.Duration
		refused   bool
	}{
		"killed": {func(*testing.T, *commonStore, func()) {}, worker.Beat + worker.Beat/2, false},
		"alive": {func(_ *testing.T, _ *commonStore, announce func()) {
			time.Sleep(4 * time.Second)
			announce()
		}, 4 * time.Second, true},
		"stops": {func(t *testing.T, store *commonStore, _ func()) {
			time.Sleep(time.Second)
			store.Withdraw(t.Context(), stranger.ID)
		}, time.Second, false},
		"store lost": {func(_ *testing.T, store *commonStore, _ func()) {
			time.Sleep(time.Second)
			store.set(func() { store.down = errDown })
		}, time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store, log := newCommonStore(), &logLines{}
				announce := func() {
					stranger := stranger
					stranger.Clock = time.Now().Add(-time.Hour) // its clock is wrong, and tells all the same
					raw, err := json.Marshal(stranger)
					if err != nil {
						t.Error(err)
					}
					if _, err := store.Announce(context.Background(), stranger.ID, raw, worker.TTL); err != nil {
						t.Error(err)
					}
				}
				announce()
				go tc.meanwhile(t, store, announce)
				begin := time.Now()
				m, err := session.NewManager(t.Context(), inMode(config.Production), store, log.option())
				took := time.Since(begin)
				if took < tc.took || took > tc.took+time.Second {
					t.Errorf("decided after %v, want %v", took, tc.took)
				}
				var found check.Finding
				if tc.refused != (err != nil) || tc.refused && (!errors.As(err, &found) || found.ID != "secret-key-differs") {
					t.Errorf("got error %v", err)
				}
				lines := log.with("level", slog.LevelWarn.String())
				if len(lines) == 0 || !strings.Contains(lines[0]["msg"].(string), "listening whether") || !strings.Contains(lines[0]["why"].(string), "web2") {
					t.Errorf("logged %v", lines)
				}
				if m != nil {
					m.Close()
				}
			})
		})
	}
}
