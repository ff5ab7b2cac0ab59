//go:build unix

package tests

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// What holds is found to hold, and nothing stays behind.
func TestScriptOnHealthyApps(t *testing.T) {
	matrix(t, func(t *testing.T, router string, args []string) {
		app := trial.Start(t, router, append(args, "--workers", "3", "--debug-endpoints")...)
		run := trialScript{args: []string{"--url", app.URL + "/", "--requests", "20"}}
		run.expect(t, 0, "ok",
			"counted 1 to 20 in one session", "workers that answered: 3",
			"20 requests at a time counted 21 to 40: none was lost", "the ended session stays gone")
		nothingStays(t, app)
	})
}

// nothingStays waits until the reports, which may be a little old, show no
// session.
func nothingStays(t *testing.T, app *trial.App) {
	t.Helper()
	until(t, time.Minute, "no session stays behind", func() bool {
		return strings.Contains(app.NewBrowser().Do(http.StatusOK, "GET", "/debug/store").Body, `"n": 0,`)
	})
}

// Any POSIX shell will do.
func TestScriptInOtherShells(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	app := trial.Start(t, "chi", "--secret-key", secret, "--workers", "2", "--debug-endpoints")
	for _, shell := range []string{"bash --posix", "busybox sh", "ksh", "zsh --emulate sh"} {
		t.Run(shell, func(t *testing.T) {
			trialScript{shell: shell, args: []string{"--url", app.URL, "--requests", "5", "--min-workers", "1"}}.
				expect(t, 0, "ok", "counted 1 to 5 in one session")
		})
	}
}

// In production the token is needed; it comes from the environment, and
// neither it nor the cookie is in a command line.
func TestScriptInProduction(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	app := trial.Start(t, "fiber", "--workers", "2", "--debug-endpoints", "--mode", "production",
		"--secret-key", "qT5rYp0Jw8mX2cVb6nLk3hGf9dSa1zEu7iOo4tRe=", "--debug-token", debugToken)
	needTools(t, "curl", "jq")
	real, _ := exec.LookPath("curl")
	spies := t.TempDir()
	spy := fmt.Sprintf("#!/bin/sh\nprintf '%%s\\n' \"$*\" >>%s/seen\nexec %s \"$@\"\n", spies, real)
	if err := os.WriteFile(filepath.Join(spies, "curl"), []byte(spy), 0o700); err != nil {
		t.Fatal(err)
	}
	args := []string{"--url", app.URL, "--requests", "20", "--min-workers", "1"}
	path := spies + ":" + os.Getenv("PATH")
	trialScript{path: path, env: []string{"DEBUG_TOKEN=" + debugToken}, args: args}.
		expect(t, 0, "ok", "debug-production", "in production mode")
	seen, err := os.ReadFile(filepath.Join(spies, "seen"))
	if err != nil || strings.Count(string(seen), "\n") < 60 {
		t.Errorf("the command lines were not seen: %v\n%s", err, seen)
	}
	if strings.Contains(string(seen), debugToken) || cookie.Match(seen) {
		t.Error("the token or the cookie is in a command line")
	}
	trialScript{args: append(args, "--token", debugToken)}.expect(t, 0, "ok")
	trialScript{args: args}.expect(t, 2, "not tried: no-access", "want a token (403)", "DEBUG_TOKEN")
	trialScript{args: append(args, "--token", debugToken+"?")}.expect(t, 2, "not tried: no-access", "does not accept this token", "DEBUG_TOKEN")
	for range 40 { // each of the workers counts for itself
		if _, err := app.NewBrowser().With("Authorization", "Bearer no").Try("GET", "/debug/config"); err != nil {
			t.Fatal(err)
		}
	}
	trialScript{args: append(args, "--token", debugToken+"?")}.expect(t, 2, "not tried: no-access", "does not accept this token (429)", "DEBUG_TOKEN")
	trialScript{args: append(args, "--token", debugToken)}.expect(t, 0, "ok")
}

// Few workers show little: that there are no more is said, that there are more
// is no trial.
func TestScriptWithFewWorkers(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	args := []string{"--secret-key", secret, "--session-dir", t.TempDir() + "/sessions", "--workers", "1", "--debug-endpoints"}
	app := trial.Start(t, "echo", args...)
	run := trialScript{args: []string{"--url", app.URL, "--requests", "10"}}
	run.expect(t, 0, "ok", "workers that answered: 1", "the store knows of no more", "--min-workers 1")
	trial.Start(t, "echo", args...)
	until(t, time.Minute, "the first app reports the second", func() bool {
		return strings.Contains(app.NewBrowser().Do(http.StatusOK, "GET", "/debug/workers").Body, `"count": 2,`)
	})
	run.expect(t, 2, "not tried: few-workers", "and the store knows of 2", "--min-workers 1")
	run.args = append(run.args, "--min-workers", "1")
	run.expect(t, 0, "ok")
}

// What keeps the trial from being one is told with the way to mend it.
func TestScriptCannotTry(t *testing.T) {
	t.Parallel()
	hidden := trial.Start(t, "chi", "--secret-key", secret, "--workers", "1")
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<h1>Hello</h1>") }))
	t.Cleanup(page.Close)
	moved := httptest.NewServer(http.RedirectHandler("https://example.com/", http.StatusMovedPermanently))
	t.Cleanup(moved.Close)
	needTools(t, "curl")
	curl, _ := exec.LookPath("curl")
	withoutJQ := t.TempDir()
	if err := os.Symlink(curl, filepath.Join(withoutJQ, "curl")); err != nil {
		t.Fatal(err)
	}
	at := func(url string) []string { return []string{"--url", url} }
	for name, c := range map[string]struct {
		run     trialScript
		verdict string
		says    string
	}{
		"debug off":          {trialScript{args: at(hidden.URL)}, "not tried: debug-off", "--debug-endpoints (DEBUG_ENDPOINTS=true)"},
		"nobody there":       {trialScript{args: at("http://127.0.0.1:1")}, "not tried: unreachable", "no answer from http://127.0.0.1:1"},
		"another program":    {trialScript{args: at(page.URL)}, "not tried: not-sessionkit", "not with a report"},
		"moved":              {trialScript{args: at(moved.URL)}, "not tried: redirected", "sends to https://example.com/"},
		"no jq":              {trialScript{path: withoutJQ}, "not tried: missing-tools", "jq is not installed"},
		"no tool at all":     {trialScript{path: t.TempDir()}, "not tried: missing-tools", "apt-get install -y curl jq"},
		"no such option":     {trialScript{args: []string{"--count"}}, "", `what is "--count"?`},
		"no value":           {trialScript{args: []string{"--url"}}, "", "--url wants a value"},
		"no number":          {trialScript{args: []string{"--requests", "many"}}, "", "--requests wants a number of 1 or more"},
		"no scheme":          {trialScript{args: at("localhost:8080")}, "", "--url wants http:// or https://"},
		"a password":         {trialScript{args: at("http://ada:tea@localhost")}, "", "may not have a user or password"},
		"an option injected": {trialScript{args: append(at(hidden.URL), "--token", "x\noutput = \"/dev/stdout\"")}, "", "a line break in the token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.run.expect(t, 2, c.verdict, c.says)
		})
	}
	trialScript{args: []string{"--help"}}.expect(t, 0, "", "usage: session_persistence.sh", "Exit status: 0")
}

// A run that is stopped half way ends its session and removes its files.
func TestScriptStopped(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	app := trial.Start(t, "chi", "--secret-key", secret, "--session-dir", t.TempDir()+"/sessions", "--workers", "2", "--debug-endpoints")
	sessions := func() string { return app.NewBrowser().Do(http.StatusOK, "GET", "/debug/store").Body }
	cmd, output, tmp := trialScript{args: []string{"--url", app.URL, "--requests", "100000"}}.start(t)
	for deadline := time.Now().Add(time.Minute); !strings.Contains(sessions(), `"n": 1,`); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no session is made:\n%s", output)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 143 {
		t.Errorf("exit status %d", code)
	}
	nothingStays(t, app)
	if left, _ := os.ReadDir(tmp); len(left) > 0 {
		t.Errorf("leaves %v behind", left)
	}
}
