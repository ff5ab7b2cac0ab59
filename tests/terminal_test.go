//go:build unix

package tests

import (
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/creack/pty"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// colours are what a terminal is told of them, and progress a line that is
// written over.
var colours = regexp.MustCompile("\033\\[[0-9;]*m")

const progress = "\r\033[K"

// Colours are for terminals, and never with NO_COLOR; progress is for a terminal on
// stderr.
func TestCommandOnATerminal(t *testing.T) {
	t.Parallel()
	app := trial.Start(t, "chi", "--secret-key", doctorKey, "--session-dir", t.TempDir()+"/sessions", "--workers", "2", "--debug-endpoints")
	from := "file://" + t.TempDir() + "/sessions"
	fill(t, from, 20)
	commands := map[string]struct {
		args    []string
		colours bool // it has any
	}{
		"doctor":  {[]string{"doctor", app.URL}, true},
		"migrate": {[]string{"migrate", "--dry-run", "--from", from, "--to", redistest.Start(t).URL()}, false},
	}
	for name, c := range commands {
		for _, on := range []struct {
			name              string
			env               []string
			out, err          bool // are terminals
			colours, progress bool
		}{
			{"a terminal", []string{"TERM=xterm"}, true, true, true, true},
			{"a terminal with NO_COLOR", []string{"TERM=xterm", "NO_COLOR=1"}, true, true, false, true},
			{"a terminal that has none", []string{"TERM=dumb"}, true, true, false, true},
			{"a terminal and stderr in a file", []string{"TERM=xterm"}, true, false, true, false},
			{"a pipe and stderr on a terminal", []string{"TERM=xterm"}, false, true, false, true},
			{"pipes", []string{"TERM=xterm"}, false, false, false, false},
		} {
			t.Run(name+" on "+on.name, func(t *testing.T) {
				t.Parallel()
				cmd := trial.NewCommand(t, append(on.env, c.args...)...)
				stdout, stderr := attach(t, on.out), attach(t, on.err)
				cmd.Stdout, cmd.Stderr = stdout.to, stderr.to
				out, err := run(t, cmd, stdout, stderr)
				if !strings.Contains(out, ": ") {
					t.Errorf("says nothing: %q", out)
				}
				if has := colours.MatchString(out + err); has != (on.colours && c.colours) {
					t.Errorf("colours: %v\n%q\n%q", has, out, err)
				}
				if has := strings.Contains(err, progress); has != on.progress || strings.Contains(out, progress) {
					t.Errorf("progress: %v\n%q\n%q", has, out, err)
				}
				if !on.progress && err != "" {
					t.Errorf("on stderr: %q", err)
				}
				if text := strings.TrimRight(err, "\r\n"); on.progress && !strings.HasSuffix(text, "\033[K") {
					t.Errorf("leaves its progress behind: %q", text)
				}
			})
		}
	}
}

// end is where a command prints to, and where that can be read.
type end struct{ to, from *os.File }

// attach makes a pseudo-terminal or a pipe.
func attach(t *testing.T, terminal bool) (e end) {
	t.Helper()
	var err error
	if terminal {
		e.from, e.to, err = pty.Open()
	} else {
		e.from, e.to, err = os.Pipe()
	}
	if err != nil {
		t.Skip(err) // a system without terminals
	}
	t.Cleanup(func() { e.from.Close() })
	return e
}

// run runs the command and returns what came out at both ends.
func run(t *testing.T, cmd *exec.Cmd, ends ...end) (out, err string) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	texts := make([]chan string, len(ends))
	for i, e := range ends {
		e.to.Close() // the command has it
		texts[i] = make(chan string, 1)
		go func() {
			text, _ := io.ReadAll(e.from) // of a terminal that is closed reading fails
			texts[i] <- string(text)
		}()
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	return <-texts[0], <-texts[1]
}
