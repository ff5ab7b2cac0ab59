//go:build unix

package tests

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

const debugToken = "a debug token for the tests"

// trialScript is a run of session_persistence.sh, as somebody who has a shell
// on the app's host makes it.
type trialScript struct {
	shell string // "sh" when empty
	path  string // of the programs, the test's own when empty
	env   []string
	args  []string
}

// start begins a run and returns the folder that its temporary files are in.
func (s trialScript) start(t *testing.T) (cmd *exec.Cmd, output *bytes.Buffer, tmp string) {
	t.Helper()
	needTools(t, "curl", "jq")
	shell := append(strings.Fields(s.shell), "session_persistence.sh")
	if s.shell == "" {
		shell = []string{"sh", "session_persistence.sh"}
	}
	program, err := exec.LookPath(shell[0])
	if err != nil {
		t.Skip(err)
	}
	if s.path == "" {
		s.path = os.Getenv("PATH")
	}
	output, tmp = &bytes.Buffer{}, t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	cmd = exec.CommandContext(ctx, program, append(shell[1:], s.args...)...)
	cmd.Env = append(s.env, "PATH="+s.path, "TMPDIR="+tmp)
	cmd.Stdout, cmd.Stderr = output, output
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, output, tmp
}

// expect runs the script to its end, and wants the exit status, the verdict
// with the id of the gravest problem, and all the texts.
func (s trialScript) expect(t *testing.T, exit int, verdict string, texts ...string) string {
	t.Helper()
	cmd, output, tmp := s.start(t)
	err := cmd.Wait()
	if failed := new(exec.ExitError); err != nil && !errors.As(err, &failed) {
		t.Fatalf("%v\n%s", err, output)
	}
	text := output.String()
	if got := cmd.ProcessState.ExitCode(); got != exit {
		t.Errorf("exit status %d, want %d", got, exit)
	}
	if verdict != "" && !regexp.MustCompile("(?m)^VERDICT: "+regexp.QuoteMeta(verdict)+"(:|$)").MatchString(text) {
		t.Errorf("the verdict is not %s", verdict)
	}
	for _, want := range texts {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q", want)
		}
	}
	if cookie.MatchString(text) || strings.Contains(text, debugToken) || strings.Contains(text, "\033") {
		t.Error("shows a cookie, the token, or colours where there is no terminal")
	}
	if left, _ := os.ReadDir(tmp); len(left) > 0 {
		t.Errorf("leaves %v behind", left)
	}
	if t.Failed() {
		t.Logf("it says:\n%s", text)
	}
	return text
}

// cookie is what the cookies of the kit look like.
var cookie = regexp.MustCompile(`v1\.[A-Za-z0-9_-]{22}\.`)

// needTools skips the test where a program is missing, and fails it on a
// build server.
func needTools(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err == nil {
			continue
		}
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed", tool)
		}
		t.Skipf("%s is not installed: scripts/install-test-tools.sh does it", tool)
	}
}
