//go:build unix

package tests

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
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
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
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
// and all the texts.
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
	if lines := strings.Split(strings.TrimSpace(text), "\n"); verdict != "" && lines[len(lines)-1] != "VERDICT: "+verdict {
		t.Errorf("%s, want %s", lines[len(lines)-1], verdict)
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

// front is one address in front of several apps: requests go to one after the
// other, with no header that says so.
func front(t *testing.T, apps ...*trial.App) string {
	t.Helper()
	return spoiled(t, func(w http.ResponseWriter, r *http.Request, app http.Handler) { app.ServeHTTP(w, r) }, apps...)
}

// spoiled is front with something in it that gets in the way.
func spoiled(t *testing.T, spoil func(w http.ResponseWriter, r *http.Request, app http.Handler), apps ...*trial.App) string {
	t.Helper()
	var turn atomic.Int64
	proxy := &httputil.ReverseProxy{
		Transport: &http.Transport{DisableKeepAlives: true},
		Rewrite: func(r *httputil.ProxyRequest) {
			app, err := url.Parse(apps[int(turn.Add(1))%len(apps)].URL)
			if err != nil {
				t.Error(err)
			}
			r.SetURL(app)
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { spoil(w, r, proxy) }))
	t.Cleanup(server.Close)
	return server.URL
}

// What holds is found to hold, and nothing stays behind.
func TestScriptOnHealthyApps(t *testing.T) {
	matrix(t, func(t *testing.T, router string, args []string) {
		app := trial.Start(t, router, append(args, "--workers", "3", "--debug-endpoints")...)
		run := trialScript{args: []string{"--url", app.URL + "/", "--requests=20"}}
		run.expect(t, 0, "ok",
			"counted 1 to 20 in one session", "known to the store: 3, on 1 host; same key, store, settings and version",
			"40 requests, 8 at a time, counted 21 to 60: none was lost", "the ended session stays gone")
		if text := app.NewBrowser().Do(http.StatusOK, "GET", "/debug/store").Body; !strings.Contains(text, `"n": 0,`) {
			t.Errorf("a session stays behind: %s", text)
		}
	})
}

// Any POSIX shell will do.
func TestScriptInOtherShells(t *testing.T) {
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
}

// Each worker has its own memory.
func TestScriptNamesMemoryStores(t *testing.T) {
	t.Parallel()
	app := trial.Start(t, "chi", "--session-store", "memory", "--workers", "3", "--debug-endpoints")
	trialScript{args: []string{"--url", app.URL, "--requests", "30"}}.expect(t, 1, "broken: store-private foreign-store",
		"workers have different stores", "the cookie was refused by pid", "made by another worker's private store",
		"fix: set --session-store (SESSION_STORE) to file")
}

// Two groups of workers behind one address, which are not set up alike.
func TestScriptNamesWhatDiffers(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	folder := t.TempDir() + "/sessions"
	const before, after = "Zk3vQ8wLr1TnYb6JxHc0MgPd5SfUe2Ai", "o9BtX4yKq7WmCz1RvGj3NhEs6DpLu8If" // without a comma, for the fallbacks
	for _, c := range []struct {
		name, verdict string
		first, second []string
		says          []string
	}{{
		"secret keys", "broken: secret-key-differs foreign-key",
		[]string{"--redis-url", server.URL(), "--session-prefix", "a:"},
		[]string{"--redis-url", server.URL(), "--session-prefix", "a:", "--secret-key", after},
		[]string{"the cookie was signed with a key this worker does not have", "fix: give every worker the same --secret-key"},
	}, {
		"secret keys, half way through a change", "broken: foreign-key",
		[]string{"--redis-url", server.URL(), "--session-prefix", "b:"},
		[]string{"--redis-url", server.URL(), "--session-prefix", "b:", "--secret-key", after, "--secret-key-fallbacks", before},
		[]string{"secret-key-rotation", "restart the workers that lack the new key"},
	}, {
		"prefixes", "broken: foreign-store",
		[]string{"--redis-url", server.URL(), "--session-prefix", "c:"},
		[]string{"--redis-url", server.URL(), "--session-prefix", "d:"},
		[]string{"workers have different stores", "the same --redis-url (REDIS_URL) and --session-prefix"},
	}, {
		"folders", "broken: foreign-store",
		[]string{"--session-dir", t.TempDir() + "/sessions"},
		[]string{"--session-dir", t.TempDir() + "/sessions"},
		[]string{"workers have different stores", "the cookie was made by a worker on another store", "or the same --session-dir"},
	}, {
		"cookie names", "broken: cookie-name",
		[]string{"--session-dir", folder},
		[]string{"--session-dir", folder, "--session-cookie-name", "another"},
		[]string{"differently: another, session", "fix: give every worker the same --session-cookie-name"},
	}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			common := []string{"--secret-key", before, "--workers", "1", "--debug-endpoints"}
			address := front(t, trial.Start(t, "echo", append(common, c.first...)...), trial.Start(t, "chi", append(common, c.second...)...))
			trialScript{args: []string{"--url", address, "--requests", "20"}}.expect(t, 1, c.verdict, c.says...)
		})
	}
}

// A store that is gone is told from sessions that are.
func TestScriptNamesDeadStores(t *testing.T) {
	t.Parallel()
	for _, router := range trial.Routers {
		t.Run(router, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			app := trial.Start(t, router, "--secret-key", secret, "--redis-url", server.URL(), "--workers", "2", "--debug-endpoints")
			server.Kill()
			trialScript{args: []string{"--url", app.URL}}.expect(t, 1, "broken: store-unreachable",
				"5 of 5 requests failed with 503", "fix: start Redis, or correct --redis-url")
		})
	}
}

// What stands in front of the app may spoil it too.
func TestScriptNamesBadProxies(t *testing.T) {
	t.Parallel()
	app := trial.Start(t, "chi", "--secret-key", secret, "--workers", "2", "--debug-endpoints")
	var cached atomic.Pointer[httptest.ResponseRecorder]
	for _, c := range []struct {
		name    string
		spoil   func(w http.ResponseWriter, r *http.Request, app http.Handler)
		exit    int
		verdict string
		says    string
	}{{
		"Set-Cookie removed", func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			answer := record(app, r)
			answer.Header().Del("Set-Cookie")
			resend(w, answer)
		}, 1, "broken: cookie-lost", "something in front of the app removes Set-Cookie",
	}, {
		"Cookie removed", func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			r.Header.Del("Cookie")
			app.ServeHTTP(w, r)
		}, 1, "broken: cookie-lost", "without the cookie that was sent",
	}, {
		"another domain", func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			answer := record(app, r)
			for i := range answer.Header()["Set-Cookie"] {
				answer.Header()["Set-Cookie"][i] += "; Domain=example.com"
			}
			resend(w, answer)
		}, 1, "broken: cookie-domain", "the cookie is for example.com, and this is 127.0.0.1",
	}, {
		"answers from a cache", func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			if r.Method != http.MethodPost || r.Header.Get("Cookie") == "" {
				app.ServeHTTP(w, r)
				return
			}
			cached.CompareAndSwap(nil, record(app, r))
			resend(w, cached.Load())
		}, 1, "broken: lost-update", "a worker did not see what another one had saved",
	}, {
		"a logout that never arrives", func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			if r.URL.Query().Get("action") == "end" {
				io.WriteString(w, "{}")
				return
			}
			app.ServeHTTP(w, r)
		}, 1, "broken: logout-undone", "the ended session was accepted again",
	}, {
		"POST refused", func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			if r.Method == http.MethodPost {
				http.Error(w, "no", http.StatusForbidden)
				return
			}
			app.ServeHTTP(w, r)
		}, 2, "not tried: probe-refused", "something in front of them refuses POST",
	}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			address := spoiled(t, c.spoil, app)
			trialScript{args: []string{"--url", address, "--requests", "10", "--min-workers", "1"}}.expect(t, c.exit, c.verdict, c.says)
		})
	}
}

func record(app http.Handler, r *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	app.ServeHTTP(answer, r)
	return answer
}

func resend(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}

// Few workers show little: that there are no more is said, that there are more
// is no trial.
func TestScriptWithFewWorkers(t *testing.T) {
	t.Parallel()
	args := []string{"--secret-key", secret, "--session-dir", t.TempDir() + "/sessions", "--workers", "1", "--debug-endpoints"}
	app := trial.Start(t, "echo", args...)
	run := trialScript{args: []string{"--url", app.URL, "--requests", "10"}}
	run.expect(t, 0, "ok", "workers that answered: 1", "the store knows of no more than 1", "--min-workers 1")
	trial.Start(t, "echo", args...)
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
		"no jq":              {trialScript{path: withoutJQ}, "not tried: missing-tools", "not installed: jq"},
		"no tool at all":     {trialScript{path: t.TempDir()}, "not tried: missing-tools", "apt-get install -y curl jq"},
		"no such option":     {trialScript{args: []string{"--count"}}, "", `what is "--count"?`},
		"no value":           {trialScript{args: []string{"--url"}}, "", "--url wants a value"},
		"no number":          {trialScript{args: []string{"--requests", "many"}}, "", `"many" is no number of 1 or more`},
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
	t.Parallel()
	app := trial.Start(t, "chi", "--secret-key", secret, "--session-dir", t.TempDir()+"/sessions", "--workers", "2", "--debug-endpoints")
	sessions := func() string { return app.NewBrowser().Do(http.StatusOK, "GET", "/debug/store").Body }
	cmd, output, tmp := trialScript{args: []string{"--url", app.URL, "--requests", "100000"}}.start(t)
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(sessions(), `"n": 1,`); time.Sleep(10 * time.Millisecond) {
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
	if text := sessions(); !strings.Contains(text, `"n": 0,`) {
		t.Errorf("a session stays behind: %s", text)
	}
	if left, _ := os.ReadDir(tmp); len(left) > 0 {
		t.Errorf("leaves %v behind", left)
	}
}
