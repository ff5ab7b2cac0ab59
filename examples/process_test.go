//go:build unix

package examples_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything may take that should happen at once, but not on
// a busy machine.
const patience = time.Minute

// build builds an app and returns the program's path.
func build(t *testing.T, app string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), app)
	out, err := exec.Command("go", "build", "-ldflags=-w", "-o", program, "./"+app).CombinedOutput()
	if err != nil {
		t.Fatalf("go build ./%s: %v\n%s", app, err, out)
	}
	return program
}

// process is a running app: the one process that was started.
type process struct {
	t       *testing.T
	cmd     *exec.Cmd
	url     string        // once it listens
	emptied chan struct{} // closed when the last process that holds its log has ended

	mu  sync.Mutex
	log []string
}

// launch starts the program on a free port, with a session folder and an
// environment of its own.
func launch(t *testing.T, program string, args ...string) *process {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	p := &process{t: t, emptied: make(chan struct{})}
	p.cmd = exec.Command(program, append([]string{"--addr", "127.0.0.1:0"}, args...)...)
	p.cmd.Env = []string{"HOME=" + home, "XDG_CACHE_HOME=" + home}
	p.cmd.Stderr = write
	err = p.cmd.Start()
	write.Close()
	if err != nil {
		t.Fatal(err)
	}
	go p.readLog(read)
	t.Cleanup(p.stop)
	return p
}

// start is launch, and waits until the app listens.
func start(t *testing.T, program string, args ...string) *process {
	t.Helper()
	p := launch(t, program, args...)
	listening := regexp.MustCompile(`listening on (http://\S+) with`)
	p.waitFor("the line that says where it listens", func() bool {
		found := listening.FindStringSubmatch(p.logged())
		if found != nil {
			p.url = found[1]
		}
		return found != nil
	})
	return p
}

func (p *process) readLog(read *os.File) {
	defer close(p.emptied)
	defer read.Close()
	for lines := bufio.NewScanner(read); lines.Scan(); {
		p.mu.Lock()
		p.log = append(p.log, lines.Text())
		p.mu.Unlock()
	}
}

func (p *process) logged() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.log, "\n")
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// waitFor polls until ok, and shows the log when that takes too long.
func (p *process) waitFor(what string, ok func() bool) {
	p.t.Helper()
	if !poll(ok) {
		p.t.Fatalf("waited %v for %s; the log:\n%s", patience, what, p.logged())
	}
}

// poll calls ok until it is true, or for too long.
func poll(ok func() bool) bool {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience); !ok(); {
		select {
		case <-tick.C:
		case <-deadline:
			return false
		}
	}
	return true
}

// waitForEnd waits until the process and all that it started have ended, and
// returns its exit status, -1 for a signal.
func (p *process) waitForEnd() int {
	p.t.Helper()
	select {
	case <-p.emptied:
	case <-time.After(patience):
		p.cmd.Process.Kill()
		p.t.Fatalf("still running after %v; the log:\n%s", patience, p.logged())
	}
	p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

// stop ends what the test left running.
func (p *process) stop() {
	if p.cmd.ProcessState != nil {
		return
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	if code := p.waitForEnd(); code != 0 {
		p.t.Errorf("exit status %d; the log:\n%s", code, p.logged())
	}
}
