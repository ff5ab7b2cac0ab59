package redistest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

func TestServer(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	if got := srv.Do("SET", "k", "v\r\n\"\x00ü"); got != "OK" {
		t.Fatalf("SET: %v", got)
	}
	if got := srv.Do("GET", "k"); got != "v\r\n\"\x00ü" {
		t.Fatalf("GET: %q", got)
	}
	if got := srv.Do("GET", "missing"); got != nil {
		t.Fatalf("GET of a missing key: %v", got)
	}
	if got := srv.Do("LRANGE", "missing", "0", "-1").([]any); len(got) != 0 {
		t.Fatalf("LRANGE: %v", got)
	}
	if _, err := srv.Try("NONSENSE"); err == nil {
		t.Fatal("an unknown command is accepted")
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t, "--appendonly", "yes", "--appendfsync", "always")
	srv.Do("SET", "k", "v")
	addr := srv.Addr
	srv.Kill()
	if _, err := srv.Try("PING"); err == nil {
		t.Fatal("a killed server answers")
	}
	srv.Kill()
	srv.Restart()
	if srv.Addr != addr {
		t.Fatalf("moved from %s to %s", addr, srv.Addr)
	}
	if got := srv.Do("GET", "k"); got != "v" {
		t.Fatalf("after the restart: %v", got)
	}
}

func TestPause(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	srv.Pause()
	answered := make(chan error, 1)
	go func() {
		_, err := srv.Try("PING")
		answered <- err
	}()
	select {
	case err := <-answered:
		t.Fatalf("a paused server answers: %v", err)
	default:
	}
	srv.Resume()
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
}

func TestWatch(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	watch := srv.Watch()
	srv.Do("CLIENT", "SETNAME", "x")
	srv.Do("EVAL", "redis.call('SET', KEYS[1], 'a b') return redis.call('GET', KEYS[1])", "1", "key \"1\"")
	srv.Do("get", "k\x00")
	got := watch.Commands()
	if len(got) != 2 || got[0][0] != "EVAL" || got[0][3] != `key "1"` || !slices.Equal(got[1], []string{"GET", "k\x00"}) {
		t.Fatalf("commands: %q", got)
	}
	if got := watch.Commands(); len(got) != 0 {
		t.Fatalf("commands are reported twice: %q", got)
	}
}

func TestCluster(t *testing.T) {
	t.Parallel()
	cluster := redistest.StartCluster(t)
	stored := 0
	for _, node := range cluster.Nodes {
		if _, err := node.Try("SET", "k", "v"); err == nil {
			stored++
		}
	}
	if stored != 1 {
		t.Fatalf("%d nodes own the key", stored)
	}
}

func TestSentinel(t *testing.T) {
	t.Parallel()
	s := redistest.StartSentinel(t)
	began := time.Now()
	s.Primary.Do("SET", "k", "v")
	for s.Replica.Do("GET", "k") != "v" {
		if time.Since(began) > time.Minute {
			t.Fatal("the replica does not follow")
		}
	}
}
