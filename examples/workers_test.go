//go:build unix

package examples_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func testReplacement(t *testing.T, program string) {
	p := start(t, program, "--workers", "3")
	v := newVisitor(t, p)
	v.toPage(v.post("/login", []string{"user", "ada"}))
	killed := v.me().PID
	if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	p.waitFor("another worker", func() bool { return strings.Count(p.logged(), "worker ready") == 4 })
	seen := map[int]bool{}
	p.waitFor("answers of three workers", func() bool {
		m := v.me()
		if m.user() != "ada" || m.PID == killed {
			t.Fatalf("process %d, in place of %d, knows %q", m.PID, killed, m.user())
		}
		seen[m.PID] = true
		return len(seen) == 3
	})
}

// testShutdown stops the app while a request runs and a connection is idle.
func testShutdown(t *testing.T, program string) {
	for _, workers := range []int{1, 3} {
		p := start(t, program, "--workers", strconv.Itoa(workers))
		idle := &http.Client{Transport: &http.Transport{}}
		plain, err := idle.Get(p.url + "/plain")
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, plain.Body)
		plain.Body.Close()

		stream, err := newVisitor(t, p).client.Get(p.url + "/stream")
		if err != nil {
			t.Fatal(err)
		}
		defer stream.Body.Close()
		chunks := bufio.NewReader(stream.Body)
		if first, err := chunks.ReadString('\n'); err != nil {
			t.Fatalf("%q, %v", first, err)
		}
		p.signal(syscall.SIGTERM)
		rest, err := io.ReadAll(chunks)
		if err != nil || string(rest) != "second\n" {
			t.Errorf("the running request ended with %q, %v", rest, err)
		}
		if code := p.waitForEnd(); code != 0 {
			t.Errorf("exit status %d; the log:\n%s", code, p.logged())
		}
	}
}

func testOrphans(t *testing.T, program string) {
	p := start(t, program, "--workers", "3")
	p.signal(syscall.SIGKILL)
	p.waitForEnd()
}

func testUnreachableRedis(t *testing.T, program string) {
	for _, workers := range []string{"1", "3"} {
		began := time.Now()
		p := launch(t, program, "--workers", workers, "--redis-url", "redis://:hunter2@127.0.0.1:1")
		p.wantRefusal("cannot reach Redis at 127.0.0.1:1")
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("with %s workers it took %v", workers, took)
		}
	}
}

func testAddressInUse(t *testing.T, program string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	p := launch(t, program, "--addr", listener.Addr().String())
	p.wantRefusal(listener.Addr().String() + " is in use")
}

// wantRefusal wants the program to end with one line on why.
func (p *process) wantRefusal(text string) {
	p.t.Helper()
	if code := p.waitForEnd(); code != 1 {
		p.t.Errorf("exit status %d, want 1", code)
	}
	if log := p.logged(); !strings.Contains(log, text) || strings.Contains(log, "\n") || strings.Contains(log, "hunter2") {
		p.t.Errorf("want one line with %q, got:\n%s", text, log)
	}
}

func testMemory(t *testing.T, program string) {
	p := start(t, program, "--workers", "2", "--session-store", "memory")
	if log := p.logged(); !strings.Contains(log, "keeps sessions of its own") {
		t.Errorf("no warning in the log:\n%s", log)
	}
	const fix = `fix="set --session-store (SESSION_STORE) to file for workers on one machine`
	if said := strings.Count(p.logged(), fix); said != 3 { // by the supervisor and each worker
		t.Errorf("the same fix %d times in the log:\n%s", said, p.logged())
	}
}

func testDrawnKey(t *testing.T, program string) {
	p := start(t, program, "--workers", "2")
	visitAll(newVisitor(t, p), 2)
	for text, times := range map[string]int{"id=secret-key-missing": 2, `msg="session: key" `: 2, "source=default": 2, "drew one for this start": 1} {
		if said := strings.Count(p.logged(), text); said != times {
			t.Errorf("%q %d times in the log, want %d:\n%s", text, said, times, p.logged())
		}
	}
}

func testEmptyKey(t *testing.T, program string) {
	p := start(t, program, "--workers", "2", "--secret-key=")
	visitAll(newVisitor(t, p), 2)
}
