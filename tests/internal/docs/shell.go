//go:build unix

package docs

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Shell is a terminal in which blocks are run one after the other: what one of them
// exports, starts in the background or changes to is there for the next.
type Shell struct {
	t      testing.TB
	input  io.WriteCloser
	output *bufio.Reader
	log    string // the file with what was said on stderr
	script string // the file that a block is put into
}

// end is what the shell prints behind a block, with its exit status.
const end = "-- end of the block: "

// NewShell starts one. With the test all that was started in it is told to stop, and
// killed.
func NewShell(t testing.TB, dir string, env []string) *Shell {
	t.Helper()
	own := t.TempDir()
	s := &Shell{t: t, log: filepath.Join(own, "stderr"), script: filepath.Join(own, "block.sh")}
	stderr, err := os.Create(s.log)
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	cmd := exec.Command("sh")
	cmd.Dir, cmd.Env, cmd.Stderr = dir, env, stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	output, err := cmd.StdoutPipe()
	if err == nil {
		s.input, err = cmd.StdinPipe()
	}
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	s.output = bufio.NewReader(output)
	t.Cleanup(func() {
		killed := time.AfterFunc(time.Minute, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
		defer killed.Stop()
		fmt.Fprintf(s.input, "jobs -p >%[1]s; kill $(cat %[1]s) 2>/dev/null; wait\n", s.script)
		s.input.Close()
		cmd.Wait()
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what jobs have left behind
	})
	return s
}

// Run runs a block, which must end with the exit status, and with 0 must not have a
// command in it that fails. It returns what was said on stdout.
func (s *Shell) Run(text string, status int) string {
	s.t.Helper()
	if err := os.WriteFile(s.script, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	strict := "set -e"
	if status != 0 {
		strict = ":"
	}
	fmt.Fprintf(s.input, "%s\n. %s </dev/null\nprintf '\\n%s%%d\\n' $?\nset +e\n", strict, s.script, end)
	var said strings.Builder
	for {
		line, err := s.output.ReadString('\n')
		if err != nil {
			s.t.Fatalf("a command failed in\n%s\n%s%s", text, said.String(), s.Log())
		}
		if got, ended := strings.CutPrefix(line, end); ended {
			if got != fmt.Sprintln(status) {
				s.t.Fatalf("exit status %s instead of %d of\n%s\n%s%s", strings.TrimSpace(got), status, text, said.String(), s.Log())
			}
			return strings.TrimSuffix(said.String(), "\n")
		}
		said.WriteString(line)
	}
}

// Log is what was said on stderr.
func (s *Shell) Log() string {
	text, _ := os.ReadFile(s.log)
	return string(text)
}
