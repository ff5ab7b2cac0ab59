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
	p.waitFor("another worker", func() bool { return strings.Contains(p.logged(), "another worker is ready") })
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
		t.Logf("with %s workers it took %v", workers, time.Since(began))
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
	const fix = `fix="set --session-store (SESSION_STORE) to file for workers on one machine`
	if said := strings.Count(p.logged(), fix); said != 1 {
		t.Errorf("the same fix %d times in the log:\n%s", said, p.logged())
	}
}

func testDrawnKey(t *testing.T, program string) {
	p := start(t, program, "--workers", "2")
	visitAll(newVisitor(t, p), 2)
	for text, times := range map[string]int{"id=secret-key-missing": 1, `msg="session: key" `: 1, "source=default": 1} {
		if said := strings.Count(p.logged(), text); said != times {
			t.Errorf("%q %d times in the log, want %d:\n%s", text, said, times, p.logged())
		}
	}
}

// testLog wants what three workers have in common to be said once, the debug
// pages named in the log and on the page, and a word at the end.
func testLog(t *testing.T, program string) {
	for _, workers := range []string{"1", "3"} {
		p := start(t, program, "--workers", workers, "--debug-endpoints")
		url := p.url + "/debug/"
		if lines := strings.Split(p.logged(), "\n"); len(lines) > 9 || !strings.Contains(lines[len(lines)-1], "debug pages on "+url) {
			t.Errorf("%d lines, and the last ought to name %s:\n%s", len(lines), url, p.logged())
		}
		v := newVisitor(t, p)
		if page := v.get("/", browser).body; !strings.Contains(page, `href="/debug/"`) {
			t.Errorf("the page has no link to the debug pages:\n%s", page)
		}
		v.status(v.get("/debug/", browser), http.StatusOK)
		p.signal(syscall.SIGTERM)
		p.waitForEnd()
		if log := p.logged(); !strings.Contains(log, "stopping") || !strings.HasSuffix(strings.Split(log[strings.LastIndex(log, "\n")+1:], " pid=")[0], "msg=stopped") {
			t.Errorf("nothing of the stop in the log:\n%s", log)
		}
	}
	p := start(t, program, "--workers", "1")
	v := newVisitor(t, p)
	if page := v.get("/", browser).body; strings.Contains(page, "/debug/") || strings.Contains(p.logged(), "/debug/") {
		t.Error("the debug pages are named, and are off")
	}
}

func testEmptyKey(t *testing.T, program string) {
	p := start(t, program, "--workers", "2", "--secret-key=")
	visitAll(newVisitor(t, p), 2)
}
