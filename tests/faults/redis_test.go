//go:build unix

package faults

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// onRedis breaks a Redis under traffic, round after round. harm returns when
// the cause is gone.
func onRedis(t *testing.T, fault string, harm func(srv *redistest.Server, tr *traffic), args ...string) outcome {
	t.Helper()
	srv := startRedis(t)
	app := startApp(t, append(args, "--redis-url", srv.URL())...)
	tr := drive(t, app)
	o := outcome{fault: fault}
	for range 3 * *rounds {
		pass(100 * time.Millisecond)
		harm(srv, tr)
		o.rounds++
		o.recovery = append(o.recovery, tr.settle(time.Now()))
	}
	o.add(tr.end())
	nothingLost(t, o)
	for _, what := range []string{"/plain cut", "/plain 503", "/plain 500"} {
		if n := o.answers[what]; n > 0 {
			t.Errorf("%s: %s %d times", fault, what, n)
		}
	}
	return o
}

func TestRedisKilled(t *testing.T) {
	shared(t)
	report(onRedis(t, "Redis killed and restarted (AOF always)", func(srv *redistest.Server, tr *traffic) {
		srv.Kill()
		pass(200 * time.Millisecond)
		srv.Restart()
	}))
}

// A Redis that hangs holds requests up until the breaker opens, and requests
// that need no session not at all.
func TestRedisPaused(t *testing.T) {
	shared(t)
	var pauses []time.Time
	o := onRedis(t, "Redis paused for 2s", func(srv *redistest.Server, tr *traffic) {
		pauses = append(pauses, time.Now())
		srv.Pause()
		pass(2 * time.Second)
		srv.Resume()
	}, "--session-timeout", "500ms")
	o.note = givenUp(t, o, pauses)
	trial.Within(t, time.Second, "the slowest /plain", slices.Max(append(o.plain, 0)))
	if o.answers["write 503"] == 0 {
		t.Error("nobody noticed the pause")
	}
	report(o)
}

// givenUp looks at whether after a second of each pause, which is two timeouts,
// requests are refused at once: nearly all of them, as each worker still has
// one try Redis now and then. Those that began just before the end of the
// pause are left out, because they did not wait for long in any case.
func givenUp(t *testing.T, o outcome, pauses []time.Time) string {
	t.Helper()
	var took []time.Duration
	for _, r := range o.requests {
		for _, pause := range pauses {
			if at := r.began.Sub(pause); at > time.Second && at < 1750*time.Millisecond {
				took = append(took, r.took)
			}
		}
	}
	slices.Sort(took)
	if len(took) > 0 {
		trial.Within(t, 100*time.Millisecond, "the median request after a second without Redis", took[len(took)/2])
	}
	return fmt.Sprintf("after the first second of a pause requests took %s", spread(took))
}

func TestConnectionsCut(t *testing.T) {
	shared(t)
	report(onRedis(t, "all connections cut 20 times", func(srv *redistest.Server, tr *traffic) {
		for range 20 {
			srv.Do("CLIENT", "KILL", "TYPE", "normal")
			pass(10 * time.Millisecond)
		}
	}))
}

// A Redis that forgets its scripts is taught them again: nobody notices.
func TestScriptsFlushed(t *testing.T) {
	shared(t)
	o := onRedis(t, "script cache flushed 100 times", func(srv *redistest.Server, tr *traffic) {
		for range 100 {
			srv.Do("SCRIPT", "FLUSH", "SYNC")
			pass(2 * time.Millisecond)
		}
	})
	if o.answers["write 503"]+o.answers["read 503"] > 0 {
		t.Errorf("visitors saw %v", o.answers)
	}
	report(o)
}

// A Redis that is full refuses changes, and what it holds can still be read.
func TestRedisFull(t *testing.T) {
	shared(t)
	o := onRedis(t, "Redis full (noeviction)", func(srv *redistest.Server, tr *traffic) {
		srv.Do("CONFIG", "SET", "maxmemory-policy", "noeviction")
		srv.Do("CONFIG", "SET", "maxmemory", "1")
		noticed := tr.refuses()
		pass(300 * time.Millisecond)
		noticed()
		srv.Do("CONFIG", "SET", "maxmemory", "0")
	})
	readsGoOn(t, o)
	report(o)
}

// A Redis that has become a replica, too.
func TestRedisReadOnly(t *testing.T) {
	shared(t)
	o := onRedis(t, "Redis read-only (REPLICAOF)", func(srv *redistest.Server, tr *traffic) {
		srv.Do("REPLICAOF", "127.0.0.1", srv.Port())
		noticed := tr.refuses()
		pass(300 * time.Millisecond)
		noticed()
		srv.Do("REPLICAOF", "NO", "ONE")
	})
	readsGoOn(t, o)
	report(o)
}

func readsGoOn(t *testing.T, o outcome) {
	t.Helper()
	if o.answers["read 503"] > 0 || o.answers["read cut"] > 0 {
		t.Errorf("%s: reads failed: %v", o.fault, o.answers)
	}
}
