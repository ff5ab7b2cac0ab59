//go:build unix

package tests

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

const otherSecret = "quite another secret key, of 32 bytes and more"

// report asks a debug endpoint.
func report[T any](t *testing.T, b *trial.Browser, path string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(b.Do(http.StatusOK, "GET", path).Body), &v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return v
}

// routers runs f for each router.
func routers(t *testing.T, f func(t *testing.T, router string)) {
	t.Parallel()
	for _, router := range trial.Routers {
		t.Run(router, func(t *testing.T) {
			t.Parallel()
			f(t, router)
		})
	}
}

// Two workers with different keys on one Redis: the second says so, names
// both fingerprints and the fix, and neither gives anything secret away.
func TestForeignKeyIsNamed(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		server := redistest.Start(t, "--requirepass", "hunter2hunter2")
		url := "redis://:hunter2hunter2@" + server.Addr + "/0"
		first := trial.Start(t, router, "--workers", "1", "--debug-endpoints", "--redis-url", url, "--secret-key", secret)
		second := trial.Start(t, router, "--workers", "1", "--debug-endpoints", "--redis-url", url, "--secret-key", otherSecret)
		ada := first.NewBrowser()
		ada.Login("ada")
		stray := ada.Clone(second.URL)
		s := report[debug.SessionReport](t, stray, "/debug/session")
		if s.Session == nil || s.Session.Reason != "foreign-key" || s.Session.Fix == "" || s.Cookie.Key == "" ||
			len(s.Cookie.OurKeys) != 1 || s.Cookie.Key == s.Cookie.OurKeys[0] {
			t.Errorf("session: %+v, cookie: %+v", s.Session, s.Cookie)
		}
		w := report[debug.WorkersReport](t, stray, "/debug/workers")
		if w.Summary.Count != 2 || w.Summary.SigningKeys != 2 || w.Summary.Differing != 1 {
			t.Errorf("workers: %+v", w.Summary)
		}
		all := first.Log() + second.Log()
		for _, path := range []string{"session", "config", "redis", "store", "workers", "metrics", ""} {
			all += ada.Do(http.StatusOK, "GET", "/debug/"+path).Body + stray.Do(http.StatusOK, "GET", "/debug/"+path).Body
		}
		for name, text := range map[string]string{"password": "hunter2", "key": secret, "other key": otherSecret, "token": ada.Cookie(), "id": ada.Cookie()[3:25]} {
			if strings.Contains(all, text) {
				t.Errorf("the %s is in a log or a report", name)
			}
		}
	})
}

// Stores that are not shared are told from the cookie alone.
func TestForeignStoreIsNamed(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		for name, args := range map[string]func() []string{
			"memory":  func() []string { return []string{"--session-store", "memory"} },
			"folders": func() []string { return []string{"--session-dir", t.TempDir() + "/sessions"} },
		} {
			common := []string{"--workers", "1", "--debug-endpoints", "--secret-key", secret}
			first, second := trial.Start(t, router, append(common, args()...)...), trial.Start(t, router, append(common, args()...)...)
			ada := first.NewBrowser()
			ada.Login("ada")
			stray := ada.Clone(second.URL)
			s := report[debug.SessionReport](t, stray, "/debug/session")
			if s.Session == nil || s.Session.Reason != "foreign-store" || s.Session.Fix == "" {
				t.Errorf("%s: %+v", name, s.Session)
			}
			if c := report[debug.ConfigReport](t, stray, "/debug/config"); !found(c, "cookie-foreign-store") {
				t.Errorf("%s: findings %+v", name, c.Findings)
			}
			if !strings.Contains(second.Log(), "reason=foreign-store") {
				t.Errorf("%s: the log does not say so:\n%s", name, second.Log())
			}
		}
	})
}

func found(c debug.ConfigReport, id string) bool {
	for _, f := range c.Findings {
		if f.ID == id {
			return true
		}
	}
	return false
}

// A flushed Redis and an edited cookie have reasons of their own; the second
// is an attack, not a fault of the set-up.
func TestFlushedAndEdited(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		server := redistest.Start(t)
		app := trial.Start(t, router, "--workers", "1", "--debug-endpoints", "--redis-url", server.URL(), "--secret-key", secret)
		ada := app.NewBrowser()
		ada.Login("ada")
		cookie := ada.Cookie()
		edited := app.NewBrowser().With("Cookie", "session="+cookie[:len(cookie)-22]+strings.Repeat("A", 22))
		if s := report[debug.SessionReport](t, edited, "/debug/session"); s.Session.Reason != "bad-signature" {
			t.Errorf("edited: %+v", s.Session)
		}
		c := report[debug.ConfigReport](t, ada, "/debug/config")
		if !found(c, "cookie-bad-signature") || found(c, "cookie-foreign-key") || found(c, "cookie-foreign-store") {
			t.Errorf("edited: findings %+v", c.Findings)
		}
		server.Do("FLUSHALL")
		if s := report[debug.SessionReport](t, ada, "/debug/session"); s.Session.Reason != "not-found" {
			t.Errorf("flushed: %+v", s.Session)
		}
	})
}

// What is wrong with a real Redis is found.
func TestRedisFindings(t *testing.T) {
	t.Parallel()
	for id, args := range map[string][]string{
		"redis-no-persistence": nil,
		"redis-evicts":         {"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"},
		"redis-memory":         {"--maxmemory", "1mb"},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			app := trial.Start(t, "chi", "--workers", "1", "--debug-endpoints", "--secret-key", secret, "--redis-url", redistest.Start(t, args...).URL())
			if c := report[debug.ConfigReport](t, app.NewBrowser(), "/debug/config"); !found(c, id) {
				t.Errorf("findings: %+v", c.Findings)
			}
		})
	}
	t.Run("redis-replica", func(t *testing.T) {
		t.Parallel()
		primary, replica := redistest.Start(t), redistest.Start(t)
		app := trial.Start(t, "chi", "--workers", "1", "--debug-endpoints", "--secret-key", secret, "--redis-url", replica.URL())
		replica.Do("REPLICAOF", "127.0.0.1", primary.Port())
		if c := report[debug.ConfigReport](t, app.NewBrowser(), "/debug/config"); !found(c, "redis-replica") {
			t.Errorf("findings: %+v", c.Findings)
		}
	})
	t.Run("healthy", func(t *testing.T) {
		t.Parallel()
		server := redistest.Start(t, "--appendonly", "yes", "--requirepass", "hunter2hunter2")
		app := trial.Start(t, "chi", "--workers", "2", "--debug-endpoints", "--secret-key", "pq8Yf0b8m2H6kVw1cT4nZs9eRj5uXa3LdG7oQi2By0E=",
			"--redis-url", "redis://:hunter2hunter2@"+server.Addr+"/0")
		for _, f := range report[debug.ConfigReport](t, app.NewBrowser(), "/debug/config").Findings {
			if f.Severity != "info" {
				t.Errorf("a healthy set-up has the finding %s: %s", f.ID, f.Message)
			}
		}
	})
}

// The endpoints exist only when switched on, and only for who may.
func TestDebugAccess(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		off := trial.Start(t, router, "--workers", "1", "--secret-key", secret, "--session-store", "memory").NewBrowser()
		unknown := off.Do(http.StatusNotFound, "GET", "/nowhere/session").Body
		for _, path := range []string{"/debug", "/debug/", "/debug/session", "/debug/redis"} {
			body := off.Do(http.StatusNotFound, "GET", path).Body
			if strings.ReplaceAll(body, path, "PATH") != strings.ReplaceAll(unknown, "/nowhere/session", "PATH") {
				t.Errorf("off: %s answers %q, an unknown path %q", path, body, unknown)
			}
		}
		on := trial.Start(t, router, "--workers", "1", "--secret-key", secret, "--session-store", "memory", "--debug-endpoints", "--debug-token", "a token of some length")
		for _, header := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip"} {
			on.NewBrowser().With(header, "10.0.0.1").Do(http.StatusForbidden, "GET", "/debug/session")
		}
		on.NewBrowser().Do(http.StatusOK, "GET", "/debug/session")
		on.NewBrowser().With("Authorization", "Bearer a token of some length").Do(http.StatusOK, "GET", "/debug/session")
		on.NewBrowser().With("Authorization", "Bearer a token of another length").Do(http.StatusForbidden, "GET", "/debug/session")
		out, _, err := trial.Run(t, router, "--mode", "production", "--secret-key", secret, "--session-dir", t.TempDir()+"/s", "--debug-endpoints")
		if err == nil || !strings.Contains(out, "--debug-token") {
			t.Errorf("production without a token: %v\n%s", err, out)
		}
	})
}

// A killed worker is gone from the list within three beats of 5 seconds.
func TestKilledWorkerIsForgotten(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"file":  {"--session-dir", t.TempDir() + "/sessions"},
		"redis": {"--redis-url", redistest.Start(t).URL()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args = append(args, "--debug-endpoints", "--secret-key", secret)
			stays := trial.Start(t, "chi", append(args, "--workers", "1")...)
			goes := trial.Start(t, "chi", append(args, "--workers", "2")...)
			b := stays.NewBrowser()
			victim := goes.NewBrowser().Me().PID
			listed := func(pid int) bool {
				for _, w := range report[debug.WorkersReport](t, b, "/debug/workers").Workers {
					if w.PID == pid {
						return true
					}
				}
				return false
			}
			until(t, 10*time.Second, "the worker shows", func() bool { return listed(victim) })
			goes.Kill(victim)
			until(t, 15*time.Second, "the killed worker is gone", func() bool { return !listed(victim) })
		})
	}
}

// until polls for what should be true soon.
func until(t *testing.T, patience time.Duration, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !done(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// With a million sessions /debug/redis answers within a second, and Redis
// serves others meanwhile.
func TestMillionSessions(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	server.Do("EVAL", `for i = 1, 1000000 do redis.call('SET', string.format('session:%021dA', i), 'x') end`, "0")
	app := trial.Start(t, "chi", "--workers", "1", "--debug-endpoints", "--secret-key", secret, "--redis-url", server.URL())
	stop, slowest := make(chan struct{}), make(chan time.Duration)
	go func() {
		var most time.Duration
		for {
			select {
			case <-stop:
				slowest <- most
				return
			default:
				start := time.Now()
				if _, err := server.Try("GET", "session:000000000000000700000A"); err != nil {
					t.Error(err)
				}
				most = max(most, time.Since(start))
			}
		}
	}()
	start := time.Now()
	r := report[debug.RedisReport](t, app.NewBrowser(), "/debug/redis")
	took := time.Since(start)
	close(stop)
	t.Logf("answered in %v, %+v; the slowest GET meanwhile took %v", took, r.Sessions, <-slowest)
	if took > time.Second || r.Status != "ok" || r.Sessions == nil {
		t.Errorf("after %v: %+v", took, r)
	}
}
