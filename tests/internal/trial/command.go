package trial

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

var (
	commandOnce sync.Once
	commandErr  error
)

// Command runs the command sessionkit with these arguments; those before them of
// the form NAME=value are its environment, which holds nothing of the caller's
// settings. It returns what it printed and its exit status.
func Command(t testing.TB, args ...string) (stdout, stderr string, exit int) {
	t.Helper()
	var out, errors bytes.Buffer
	cmd := NewCommand(t, args...)
	cmd.Stdout, cmd.Stderr = &out, &errors
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errors.String(), cmd.ProcessState.ExitCode()
}

// NewCommand is the command, not started yet, as Command runs it. It prints to
// nowhere.
func NewCommand(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	path := filepath.Join(Build(t), "sessionkit")
	commandOnce.Do(func() {
		cmd := exec.Command("go", "build", "-o", path, ".")
		cmd.Dir = filepath.Join("..", "debug", "cmd", "sessionkit")
		if out, err := cmd.CombinedOutput(); err != nil {
			commandErr = errors.New(string(out))
		}
	})
	if commandErr != nil {
		t.Fatalf("building the command: %v", commandErr)
	}
	env, args := environment(t, args)
	ctx, cancel := context.WithTimeout(t.Context(), 10*patience) // it may move many sessions
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = env
	return cmd
}

// environment parts what is before the flags from them.
func environment(t testing.TB, args []string) (env, rest []string) {
	env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	for len(args) > 0 && isVariable(args[0]) {
		env, args = append(env, args[0]), args[1:]
	}
	return env, args
}

func isVariable(arg string) bool {
	name, _, ok := bytes.Cut([]byte(arg), []byte("="))
	return ok && len(name) > 0 && bytes.Equal(name, bytes.ToUpper(name)) && name[0] != '-'
}
