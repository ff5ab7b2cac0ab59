// Package trial runs the example apps as processes and uses them as browsers
// do.
package trial

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// Routers are the examples, one a router.
var Routers = []string{"chi", "echo", "fiber", "echov5", "fiberv3", "gin"}

// patience bounds every wait for something that should happen soon.
const patience = time.Minute

var (
	buildOnce sync.Once
	buildDir  string
	buildErr  error
)

// Build compiles the examples once per test binary and returns the folder
// that holds them. Remove it in TestMain with Cleanup.
func Build(t testing.TB) string {
	t.Helper()
	buildOnce.Do(func() {
		if buildDir, buildErr = os.MkdirTemp("", "sessionkit-examples-"); buildErr != nil {
			return
		}
		cmd := exec.Command("go", "build", "-ldflags=-w", "-o", buildDir+string(filepath.Separator), "./chi", "./echo", "./echov5", "./fiber", "./fiberv3", "./gin")
		cmd.Dir = filepath.Join("..", "examples")
		if out, err := cmd.CombinedOutput(); err != nil {
			buildErr = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if buildErr != nil {
		t.Fatalf("building the examples: %v", buildErr)
	}
	return buildDir
}

// Cleanup removes what Build made.
func Cleanup() { os.RemoveAll(buildDir) }

// App is a running example with all its workers.
type App struct {
	URL    string
	port   string
	t      testing.TB
	cmd    *exec.Cmd
	output *log
	exited chan error

	stopped bool
}

// Start runs an example and waits until all its workers are ready. args are
// its flags; those before them of the form NAME=value are its environment,
// which holds nothing of the caller's settings. It is stopped with the test,
// and must then stop cleanly.
func Start(t testing.TB, router string, args ...string) *App {
	t.Helper()
	return startOn(t, "127.0.0.1", router, args)
}

// StartPublic is Start for an app that listens on all addresses of the
// machine.
func StartPublic(t testing.TB, router string, args ...string) *App {
	t.Helper()
	return startOn(t, "0.0.0.0", router, args)
}

func startOn(t testing.TB, host, router string, args []string) *App {
	t.Helper()
	for try := 1; ; try++ {
		a := launch(t, host, router, args)
		if a.answers() {
			t.Cleanup(a.Stop)
			return a
		}
		a.cmd.Process.Kill()
		if try == 3 { // the port may have been taken in between
			t.Fatalf("%s does not answer:\n%s", router, a.Log())
		}
	}
}

// Run starts an example that is expected to give up, and returns what it
// printed and how long it took.
func Run(t testing.TB, router string, args ...string) (output string, took time.Duration, err error) {
	t.Helper()
	start := time.Now()
	a := launch(t, "127.0.0.1", router, args)
	select {
	case err = <-a.exited:
	case <-time.After(patience):
		a.cmd.Process.Kill()
		t.Fatalf("%s still runs:\n%s", router, a.Log())
	}
	return a.Log(), time.Since(start), err
}

func launch(t testing.TB, host, router string, args []string) *App {
	t.Helper()
	port := redistest.FreePort(t)
	a := &App{t: t, port: port, output: &log{}, exited: make(chan error, 1)}
	a.URL = a.URLAt("127.0.0.1")
	env := []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		env, args = append(env, args[0]), args[1:]
	}
	addr := net.JoinHostPort(host, port)
	a.cmd = exec.Command(filepath.Join(Build(t), router), append([]string{"--addr", addr, "--grace", "50s"}, args...)...) // the disk of a busy machine takes its time
	a.cmd.Env = env
	a.cmd.Stdout, a.cmd.Stderr = a.output, a.output
	if err := a.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { a.exited <- a.cmd.Wait() }()
	return a
}

// URLAt is the app's address by another name of this machine.
func (a *App) URLAt(host string) string { return "http://" + net.JoinHostPort(host, a.port) }

func (a *App) answers() bool {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline) && len(a.exited) == 0; <-tick.C {
		if strings.Contains(a.Log(), "listening on") { // all workers are ready
			return true
		}
	}
	return false
}

// Await waits until a worker answers: after some were killed there may be none
// for a moment.
func (a *App) Await() {
	a.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-tick.C {
		if answer, err := a.NewBrowser().Try("GET", "/plain"); err == nil && answer.Status == http.StatusOK {
			return
		}
	}
	a.t.Fatalf("no worker answers:\n%s", a.Log())
}

// Log is what the workers printed so far.
func (a *App) Log() string { return a.output.String() }

// Kill ends one worker as kill -9 does.
func (a *App) Kill(pid int) {
	a.t.Helper()
	if pid == a.cmd.Process.Pid {
		a.t.Fatal("that is the supervisor")
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		a.t.Errorf("kill -9 %s: %v", strconv.Itoa(pid), err)
	}
}

// Stop ends the app as a deploy does, and waits. It must end cleanly. Once it
// has, stopping does nothing.
func (a *App) Stop() {
	if a.stopped {
		return
	}
	a.stopped = true
	a.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-a.exited:
		if err != nil {
			a.t.Errorf("after SIGTERM: %v\n%s", err, a.Log())
		}
	case <-time.After(patience):
		a.cmd.Process.Kill()
		a.t.Errorf("does not stop after SIGTERM:\n%s", a.Log())
	}
}

// log is a buffer that several goroutines may use.
type log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
