package file_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/file"
)

func announce(t testing.TB, s *file.Store, id string, ttl time.Duration) {
	t.Helper()
	info, err := json.Marshal(worker.Info{ID: id, PID: os.Getpid()})
	check(t, err)
	now, err := s.Announce(t.Context(), id, info, ttl)
	check(t, err)
	if !now.IsZero() {
		t.Errorf("a store without a clock tells the time %v", now)
	}
}

// liveWorkers lists the ids in the registry.
func liveWorkers(t testing.TB, s *file.Store) []string {
	t.Helper()
	live, err := s.Workers(t.Context())
	check(t, err)
	return slices.Sorted(maps.Keys(live))
}

func wantWorkers(t testing.TB, s *file.Store, ids ...string) {
	t.Helper()
	if got := liveWorkers(t, s); !slices.Equal(got, ids) {
		t.Errorf("got workers %q, want %q", got, ids)
	}
}

// 115
func TestWorkerFiles(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	wantWorkers(t, s)
	if names := filesBelow(t, dir); names != nil {
		t.Errorf("a look at the registry made %q", names)
	}
	mustSave(t, s, newID(), record("ada", "k", "v"))
	before := time.Now()
	announce(t, s, "0a1b2c3d", time.Minute)
	path := filepath.Join(dir, "workers", "0a1b2c3d.json")
	if end := modTime(t, path); end.Before(before.Add(time.Minute-time.Second)) || end.After(time.Now().Add(time.Minute)) {
		t.Errorf("announced at %v, expires at %v", before, end)
	}
	wantModes(t, dir)
	check(t, s.Withdraw(t.Context(), "0a1b2c3d"))
	if exists(path) {
		t.Error("the file of a worker that withdrew is still there")
	}
}

// 73: a worker's id never leads out of the folder.
func TestBadWorkerIDs(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	announce(t, s, "0a1b2c3d", time.Minute)
	outside := filepath.Join(filepath.Dir(dir), "precious.json")
	check(t, os.WriteFile(outside, nil, 0o600))
	before := filesBelow(t, filepath.Dir(dir))
	for _, id := range []string{
		"", ".", "..", "/", "../../precious", "../store-id", "a/b", `a\b`, "0a1b2c3", "0a1b2c3d0", "0A1B2C3D", "0a1b2c3g",
		"0a1b2c3d/", "../0a1b2", "0a1b\x002c", "grün1234", strings.Repeat("a", 5000),
	} {
		if _, err := s.Announce(t.Context(), id, json.RawMessage(`{}`), time.Minute); err == nil {
			t.Errorf("%.40q is announced", id)
		}
		if err := s.Withdraw(t.Context(), id); err == nil {
			t.Errorf("%.40q withdraws", id)
		}
	}
	if after := filesBelow(t, filepath.Dir(dir)); !slices.Equal(after, before) {
		t.Errorf("files before %q, after %q", before, after)
	}
	wantWorkers(t, s, "0a1b2c3d")
	if _, err := s.Announce(t.Context(), "0a1b2c3d", json.RawMessage(strings.Repeat(" ", 1<<17)), time.Minute); err == nil {
		t.Error("128 KiB are announced")
	}
}

// What is in the folder and no worker is passed over.
func TestGarbageAmongWorkers(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	announce(t, s, "0a1b2c3d", time.Minute)
	folder := filepath.Join(dir, "workers")
	put := func(name, text string) {
		path := filepath.Join(folder, name)
		check(t, os.WriteFile(path, []byte(text), 0o600))
		keepAlive(t, path)
	}
	put("00000001.json", "")
	put("00000002.json", "not JSON")
	put("00000003.json", "{}{}")
	put("00000004.json", `"`+strings.Repeat("x", 1<<17)+`"`)
	put("00000005.txt", "{}")
	put("0000000A.json", "{}")
	put("nobody.json", "{}")
	put("00000006.json.0a1b2c3d.tmp", "{}")
	mkdir(t, filepath.Join(folder, "00000007.json"), 0o700)
	put("target", "{}")
	check(t, os.Symlink(filepath.Join(folder, "target"), filepath.Join(folder, "00000008.json")))
	want := []string{"0a1b2c3d"}
	if os.Geteuid() == 0 {
		put("00000009.json", "{}")
		check(t, os.Chown(filepath.Join(folder, "00000009.json"), stranger, -1))
	}
	wantWorkers(t, s, want...)
}

// Workers that were killed leave a file each. They go an hour after their
// time, not before: clocks get set.
func TestExpiredWorkersAreRemoved(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	folder := filepath.Join(dir, "workers")
	mkdir(t, folder, 0o700)
	put := func(name string, age time.Duration) {
		path := filepath.Join(folder, name)
		check(t, os.WriteFile(path, []byte(`{}`), 0o600))
		then := time.Now().Add(-age)
		check(t, os.Chtimes(path, then, then))
	}
	put("00000001.json", time.Hour+time.Minute)
	put("00000002.json.0a1b2c3d.tmp", time.Hour+time.Minute)
	put("00000003.json", time.Hour-time.Minute)
	put("00000004.json.0a1b2c3d.tmp", time.Hour-time.Minute)
	put("somebody.else", 100*time.Hour)
	wantWorkers(t, s)
	want := []string{"00000003.json", "00000004.json.0a1b2c3d.tmp", "somebody.else"}
	if got := filesBelow(t, folder); !slices.Equal(got, want) {
		t.Errorf("left %q, want %q", got, want)
	}
}

// 105: somebody tidies up at run time, and the next beat is heard again.
func TestWorkersFolderRemoved(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	for _, what := range []string{"workers", ""} {
		announce(t, s, "0a1b2c3d", time.Minute)
		check(t, os.RemoveAll(filepath.Join(dir, what)))
		wantWorkers(t, s)
		check(t, s.Withdraw(t.Context(), "0a1b2c3d"))
		announce(t, s, "0a1b2c3d", time.Minute)
		wantWorkers(t, s, "0a1b2c3d")
	}
}

// Nothing is told in somebody else's folder.
func TestWorkersFolderTakenOver(t *testing.T) {
	t.Parallel()
	needsRoot(t)
	dir := newDir(t)
	s := open(t, dir)
	announce(t, s, "0a1b2c3d", time.Minute)
	folder := filepath.Join(dir, "workers")
	check(t, os.Chown(folder, stranger, -1))
	var refused *file.FolderError
	if _, err := s.Announce(t.Context(), "0a1b2c3e", json.RawMessage(`{}`), time.Minute); !errors.As(err, &refused) || refused.Dir != folder {
		t.Errorf("got error %v", err)
	}
	if exists(filepath.Join(folder, "0a1b2c3e.json")) {
		t.Error("a file was put into somebody else's folder")
	}
}

// A hundred workers are listed, the oldest first.
func TestHundredWorkers(t *testing.T) {
	t.Parallel()
	s := open(t, newDir(t))
	began := time.Now()
	for i := range 100 {
		id := fmt.Sprintf("%08x", i)
		info, err := json.Marshal(worker.Info{ID: id, Started: began.Add(time.Duration(-i) * time.Second)})
		check(t, err)
		_, err = s.Announce(t.Context(), id, info, time.Minute)
		check(t, err)
	}
	list, err := worker.List(t.Context(), s)
	if err != nil || len(list) != 100 || list[0].ID != "00000063" || list[99].ID != "00000000" {
		t.Errorf("listed %d, error %v", len(list), err)
	}
}

// workerDir makes the test binary a worker of its own.
const workerDir = "SESSIONKIT_TEST_WORKER_DIR"

const workerTTL = time.Second

// A worker that is killed cannot withdraw: it ages out.
func TestKilledWorkerAgesOut(t *testing.T) {
	if dir := os.Getenv(workerDir); dir != "" {
		announce(t, open(t, dir), "0a1b2c3d", workerTTL)
		fmt.Println("announced", time.Now().UnixMilli())
		io.Copy(io.Discard, os.Stdin) // until it is killed
		return
	}
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWorkerAgesOut$")
	child.Env = append(os.Environ(), workerDir+"="+dir)
	_, err := child.StdinPipe()
	check(t, err)
	out, err := child.StdoutPipe()
	check(t, err)
	check(t, child.Start())
	var announced int64
	for lines := bufio.NewScanner(out); announced == 0 && lines.Scan(); {
		fmt.Sscanf(lines.Text(), "announced %d", &announced)
	}
	check(t, child.Process.Kill())
	child.Wait()
	end := modTime(t, filepath.Join(dir, "workers", "0a1b2c3d.json"))
	if last := time.UnixMilli(announced).Add(workerTTL); end.After(last) {
		t.Errorf("it was to end by %v and ends at %v", last, end)
	}
	if got := liveWorkers(t, s); len(got) != 1 && time.Now().Before(end) {
		t.Errorf("before its time is over: %q", got)
	}
	eventually(t, "the killed worker is gone", func() bool { return len(liveWorkers(t, s)) == 0 })
	late := time.Since(end)
	t.Logf("the killed worker was gone %v after its time", late)
	if late < 0 {
		t.Error("too early")
	}
}

func TestRegistryOfClosedStore(t *testing.T) {
	t.Parallel()
	s := open(t, newDir(t))
	announce(t, s, "0a1b2c3d", time.Minute)
	check(t, s.Close())
	_, announcing := s.Announce(t.Context(), "0a1b2c3d", json.RawMessage(`{}`), time.Minute)
	_, listing := s.Workers(t.Context())
	_, inspecting := s.Inspect(t.Context())
	for _, err := range []error{announcing, listing, inspecting, s.Withdraw(t.Context(), "0a1b2c3d")} {
		wantErr(t, err, driver.ErrClosed)
	}
}
