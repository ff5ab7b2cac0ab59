package redistest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// startTimeout bounds how long a server may take until it answers, also on a
// busy machine.
const startTimeout = time.Minute

// Server is one running redis-server. Its methods fail the test when they
// cannot do what they say; they may be used by several goroutines at once,
// apart from Kill, Restart, Pause and Resume.
type Server struct {
	Addr string // host:port
	Dir  string // its folder, with the log in redis.log

	t      testing.TB
	config string   // a file, or ""
	args   []string // without port and dir
	proc   *process
}

// Start runs a redis-server for the length of the test and returns when it
// answers. args are appended to its command line, for example "--appendonly",
// "yes"; by default nothing is kept on disk and everyone may connect.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	requireBinary(t, "redis-server")
	s := &Server{t: t, Dir: t.TempDir(), args: append([]string{"--save", "", "--appendonly", "no"}, args...)}
	t.Cleanup(s.Kill)
	s.startAnywhere()
	return s
}

// URL returns the address in the form that configurations take.
func (s *Server) URL() string { return "redis://" + s.Addr + "/0" }

// Port returns the port alone.
func (s *Server) Port() string {
	_, port, _ := net.SplitHostPort(s.Addr)
	return port
}

// Kill ends the server at once, as SIGKILL does. Killing a dead one does
// nothing.
func (s *Server) Kill() {
	if s.proc != nil {
		s.proc.kill()
	}
}

// Restart kills the server when it still runs and starts it again on the same
// port and folder. What it held is gone unless it was told to keep it.
func (s *Server) Restart() {
	s.t.Helper()
	s.Kill()
	if err := s.start(s.Port()); err != nil {
		s.t.Fatalf("redistest: restart: %v", err)
	}
}

// startAnywhere picks a free port. Another process may take it before the
// server does, so it tries again.
func (s *Server) startAnywhere() {
	s.t.Helper()
	var err error
	for range 5 {
		if err = s.start(FreePort(s.t)); err == nil {
			return
		}
		s.Kill()
		if !strings.Contains(err.Error(), "in use") {
			break
		}
	}
	s.t.Fatalf("redistest: start redis-server: %v", err)
}

func (s *Server) start(port string) error {
	s.Addr = net.JoinHostPort("127.0.0.1", port)
	args := []string{"--bind", "127.0.0.1", "--port", port, "--dir", s.Dir}
	if s.config != "" {
		args = slices.Insert(args, 0, s.config)
	}
	args = append(args, s.args...)
	proc, err := startProcess(filepath.Join(s.Dir, "redis.log"), "redis-server", args...)
	if err != nil {
		return err
	}
	s.proc = proc
	return proc.until(func() error { return ping(s.Addr) })
}

func requireBinary(t testing.TB, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	message := fmt.Sprintf("%s is not installed: apt-get install redis-server, or brew install redis", name)
	if os.Getenv("CI") == "true" {
		t.Fatal(message)
	}
	t.Skip(message)
}
