package redis_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// calls are the operations that a request can wait for.
func calls(s *redis.Store) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"load":   func(ctx context.Context) error { _, err := s.Load(ctx, newID()); return err },
		"save":   func(ctx context.Context) error { return s.Save(ctx, newID(), newRecord("")) },
		"login":  func(ctx context.Context) error { return s.Save(ctx, newID(), newRecord("ada")) },
		"touch":  func(ctx context.Context) error { return s.Touch(ctx, newID(), time.Now().Add(time.Hour)) },
		"delete": func(ctx context.Context) error { return s.Delete(ctx, newID()) },
		"ping":   s.Ping,
		"identify": func(ctx context.Context) error {
			_, err := s.Identify(ctx, driver.StoreID{1})
			return err
		},
		"count": func(ctx context.Context) error { _, _, err := s.Count(ctx); return err },
		"announce": func(ctx context.Context) error {
			_, err := s.Announce(ctx, "0a1b2c3d", json.RawMessage(`{}`), time.Hour)
			return err
		},
		"withdraw": func(ctx context.Context) error { return s.Withdraw(ctx, "0a1b2c3d") },
		"workers":  func(ctx context.Context) error { _, err := s.Workers(ctx); return err },
		"inspect":  func(ctx context.Context) error { _, err := s.Inspect(ctx); return err },
	}
}

// 105: gone and back. Every error says what was tried and why it failed, at
// once, and nobody has to restart anything afterwards.
func TestServerRestarts(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t, "--appendonly", "yes", "--appendfsync", "always")
	url := "redis://:" + password + "@" + srv.Addr + "/0"
	srv.Do("CONFIG", "SET", "requirepass", password)
	s := open(t, url, "")
	id, _ := create(t, s, "ada")
	srv.Kill()
	began := time.Now()
	for name, call := range calls(s) {
		err := call(t.Context())
		if err == nil || !strings.Contains(err.Error(), "redis store: ") || strings.Contains(err.Error(), password) ||
			errors.Is(err, driver.ErrNotFound) || errors.Is(err, driver.ErrGone) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	t.Logf("noticing took %v", time.Since(began))
	srv.Restart()
	srv.Do("CONFIG", "SET", "requirepass", password)
	eventually(t, "load after the restart", func(ctx context.Context) error {
		_, err := s.Load(ctx, id)
		return err
	})
	create(t, s, "ada")
}

// A server that hangs holds nobody longer than the time out, and the error is
// not taken for the caller's own.
func TestServerHangs(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s, err := redis.Open(t.Context(), srv.URL(), redis.WithTimeout(time.Second), redis.WithLogger(quiet()))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	srv.Pause()
	var wg sync.WaitGroup
	for name, call := range calls(s) {
		wg.Go(func() {
			began := time.Now()
			err := call(t.Context())
			t.Logf("%s: took %v", name, time.Since(began))
			if err == nil || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
				t.Errorf("%s: got error %v", name, err)
			}
		})
	}
	wg.Wait()
	srv.Resume()
	eventually(t, "ping after the pause", s.Ping)
}

// 106: the caller's own deadline is told as such, and heeded.
func TestCallersDeadline(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	create(t, s, "")
	srv.Pause()
	for name, call := range calls(s) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		began := time.Now()
		err := call(ctx)
		cancel()
		t.Logf("%s: took %v", name, time.Since(began))
		if name == "count" { // it says that it is not exact
			if err != nil {
				t.Errorf("count: %v", err)
			}
			continue
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}

// 97: no command is sent for a context that is done.
func TestDoneContext(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	watch := srv.Watch()
	for name, call := range calls(s) {
		if err := call(ctx); !errors.Is(err, context.Canceled) && name != "count" {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	if sent := watch.Commands(); len(sent) != 0 {
		t.Errorf("sent %q", sent)
	}
}

// What Redis refuses comes with what to do.
func TestRefusals(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	create(t, s, "ada")
	refused := func(hint string) {
		t.Helper()
		for _, user := range []string{"", "ada"} {
			err := s.Save(t.Context(), newID(), newRecord(user))
			if err == nil || !strings.Contains(err.Error(), hint) {
				t.Errorf("got error %v, want a hint at %q", err, hint)
			}
		}
	}
	srv.Do("CONFIG", "SET", "maxmemory-policy", "noeviction")
	srv.Do("CONFIG", "SET", "maxmemory", "1")
	refused("raise maxmemory")
	srv.Do("CONFIG", "SET", "maxmemory", "0")
	srv.Do("REPLICAOF", "127.0.0.1", srv.Port())
	refused("point the URL at the primary")
	srv.Do("REPLICAOF", "NO", "ONE")
	srv.Do("CONFIG", "SET", "min-replicas-to-write", "1")
	refused("min-replicas-to-write")
}

func TestSentinelFailover(t *testing.T) {
	t.Parallel()
	servers := redistest.StartSentinel(t)
	s := open(t, servers.URL(), "")
	useAll(t, s)
	id, _ := create(t, s, "ada")
	key := "session:" + id.String()
	eventually(t, "replicate", func(context.Context) error {
		if servers.Replica.Do("EXISTS", key) != int64(1) {
			return errors.New("not there yet")
		}
		return nil
	})
	servers.Primary.Kill()
	eventually(t, "save after the failover", func(ctx context.Context) error {
		r, err := s.Load(ctx, id)
		if err != nil {
			return err
		}
		return s.Save(ctx, id, r)
	})
	if got := servers.Replica.Do("GET", key).(string); !strings.HasPrefix(got, `{"rev":2,`) {
		t.Errorf("on the replica that took over: %s", got)
	}
}
