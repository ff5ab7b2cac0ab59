package redis_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// announce announces a worker and returns the server's time.
func announce(t testing.TB, s *redis.Store, id string, ttl time.Duration) time.Time {
	t.Helper()
	info, err := json.Marshal(worker.Info{ID: id, PID: os.Getpid()})
	if err != nil {
		t.Fatal(err)
	}
	now, err := s.Announce(t.Context(), id, info, ttl)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// wantWorkers asks whether exactly these workers are live.
func wantWorkers(s *redis.Store, ids ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		live, err := s.Workers(ctx)
		if err != nil {
			return err
		}
		if got := slices.Sorted(maps.Keys(live)); !slices.Equal(got, ids) {
			return fmt.Errorf("got workers %q, want %q", got, ids)
		}
		return nil
	}
}

// All times are the server's.
func TestAnnounceTellsTheServersTime(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	before := serverTime(t, srv)
	got := announce(t, s, "0a1b2c3d", time.Minute)
	if after := serverTime(t, srv); got.Before(before) || got.After(after) {
		t.Errorf("announced at %v, between %v and %v", got, before, after)
	}
	entry := srv.Do("HGET", "session:workers", "0a1b2c3d").(string)
	expires, info, _ := strings.Cut(entry, ":")
	if want := fmt.Sprint(got.Add(time.Minute).UnixMilli()); expires != want || !json.Valid([]byte(info)) {
		t.Errorf("stored %q, want it to expire at %s", entry, want)
	}
}

func serverTime(t *testing.T, srv *redistest.Server) time.Time {
	t.Helper()
	parts := srv.Do("TIME").([]any)
	seconds, err := strconv.ParseInt(parts[0].(string), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	micros, err := strconv.ParseInt(parts[1].(string), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.UnixMilli(seconds*1000 + micros/1000)
}

// One command each, and none of them looks for keys.
func TestRegistryCommands(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	announce(t, s, "0a1b2c3d", time.Minute) // the server learns the scripts
	s.Workers(t.Context())
	watch := srv.Watch()
	announce(t, s, "0a1b2c3d", time.Minute)
	if _, err := s.Workers(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Withdraw(t.Context(), "0a1b2c3d"); err != nil {
		t.Fatal(err)
	}
	var sent []string
	for _, command := range watch.Commands() {
		sent = append(sent, command[0])
	}
	if !slices.Equal(sent, []string{"EVALSHA", "EVALSHA", "HDEL"}) {
		t.Errorf("sent %q", sent)
	}
	if srv.Do("EXISTS", "session:workers") != int64(0) {
		t.Error("the registry is there without a worker")
	}
}

// The registry lives as long as its last entry and a little longer, whatever
// a later announcement says; and a worker that comes in takes away what has
// expired or is no entry.
func TestRegistryIsCleaned(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	announce(t, s, "ffffffff", time.Hour)
	srv.Do("HSET", "session:workers", "0a1b2c3d", "1732406400000:{}", "0a1b2c3e", "no entry", "0a1b2c3f", "")
	if err := wantWorkers(s, "ffffffff")(t.Context()); err != nil {
		t.Error(err)
	}
	announce(t, s, "00000000", time.Minute)
	if got := srv.Do("HLEN", "session:workers"); got != int64(2) {
		t.Errorf("%v entries, want 2", got)
	}
	if left := srv.Do("PTTL", "session:workers").(int64); left <= 59*60e3 || left > 60*60e3+1000 {
		t.Errorf("the registry lives for another %d ms", left)
	}
	srv.Do("PERSIST", "session:workers")
	announce(t, s, "00000000", time.Minute)
	if left := srv.Do("PTTL", "session:workers").(int64); left <= 59e3 || left > 61e3 {
		t.Errorf("a registry without an end lives for another %d ms", left)
	}
	srv.Do("HSET", "session:workers", "0a1b2c3d", "99999999999999:{}")
	if err := wantWorkers(s, "00000000", "0a1b2c3d", "ffffffff")(t.Context()); err != nil {
		t.Error(err)
	}
}

// Something else under the key of the registry stops nobody.
func TestCorruptRegistry(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	srv.Do("SET", "session:workers", "no hash")
	if err := wantWorkers(s)(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Withdraw(t.Context(), "0a1b2c3d"); err != nil {
		t.Error(err)
	}
	announce(t, s, "0a1b2c3d", time.Minute)
	if err := wantWorkers(s, "0a1b2c3d")(t.Context()); err != nil {
		t.Error(err)
	}
}

// A hundred workers are listed, the oldest first.
func TestHundredWorkers(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	began := time.Now()
	for i := range 100 {
		id := fmt.Sprintf("%08x", i)
		info, err := json.Marshal(worker.Info{ID: id, Started: began.Add(time.Duration(-i) * time.Second)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Announce(t.Context(), id, info, time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	list, err := worker.List(t.Context(), s)
	if err != nil || len(list) != 100 || list[0].ID != "00000063" || list[99].ID != "00000000" {
		t.Errorf("listed %d, error %v", len(list), err)
	}
}

// childURL makes the test binary a worker of its own.
const childURL = "SESSIONKIT_TEST_WORKER_URL"

const childTTL = time.Second

// A worker that is killed cannot withdraw: it ages out.
func TestKilledWorkerAgesOut(t *testing.T) {
	if url := os.Getenv(childURL); url != "" {
		now := announce(t, open(t, url, ""), "0a1b2c3d", childTTL)
		fmt.Println("announced", now.UnixMilli())
		io.Copy(io.Discard, os.Stdin) // until it is killed
		return
	}
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWorkerAgesOut$")
	child.Env = append(os.Environ(), childURL+"="+srv.URL())
	if _, err := child.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var announced int64
	for lines := bufio.NewScanner(out); announced == 0 && lines.Scan(); {
		fmt.Sscanf(lines.Text(), "announced %d", &announced)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child.Wait()
	end := time.UnixMilli(announced).Add(childTTL)
	if err := wantWorkers(s, "0a1b2c3d")(t.Context()); err != nil && serverTime(t, srv).Before(end) {
		t.Errorf("before its time is over: %v", err)
	}
	eventually(t, "the killed worker is gone", wantWorkers(s))
	late := serverTime(t, srv).Sub(end)
	t.Logf("the killed worker was gone %v after its time", late)
	if late < 0 {
		t.Error("too early")
	}
}
