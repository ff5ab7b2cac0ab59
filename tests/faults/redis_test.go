//go:build unix

package faults

import (
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
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
	o := onRedis(t, "Redis paused for 1.5s", func(srv *redistest.Server, tr *traffic) {
		srv.Pause()
		pass(1500 * time.Millisecond)
		srv.Resume()
	}, "--session-timeout", "500ms")
	for _, took := range o.plain {
		if took > time.Second {
			t.Errorf("/plain took %v", took)
		}
	}
	if o.answers["write 503"] == 0 {
		t.Error("nobody noticed the pause")
	}
	report(o)
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
		refused := tr.saw("write 503")
		pass(300 * time.Millisecond)
		if tr.saw("write 503") == refused {
			t.Error("nobody noticed that Redis is full")
		}
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
		refused := tr.saw("write 503")
		pass(300 * time.Millisecond)
		if tr.saw("write 503") == refused {
			t.Error("nobody noticed that Redis is read-only")
		}
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
