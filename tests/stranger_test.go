//go:build unix

package tests

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/modules"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// strangersVersion is the one that the modules are published at for these tests.
const strangersVersion = "v0.1.0"

// frameworks are the routers that there are adapters for, and those that there may be.
var frameworks = []string{"github.com/go-chi/chi/v5", "github.com/labstack/echo/v4", "github.com/labstack/echo/v5", "github.com/gofiber/fiber/v2",
	"github.com/gofiber/fiber/v3", "github.com/gin-gonic/gin"}

// Somebody who has nothing but Go and the module proxy uses the kit: each module
// can be got, each router's app of the README is built and keeps its logins over
// a kill, the command is installed and the demo runs.
func TestStranger(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	published, list := publish(t)
	t.Run("modules", func(t *testing.T) {
		t.Parallel()
		for _, m := range list {
			if m.IsPublished() && m.Dir != "examples" && !strings.Contains(m.Dir, "internal/") {
				t.Run(m.Dir, func(t *testing.T) { t.Parallel(); newStranger(t, published).gets(m) })
			}
		}
	})
	t.Run("app", func(t *testing.T) {
		t.Parallel()
		for name, app := range strangersApps {
			t.Run(name, func(t *testing.T) { t.Parallel(); newStranger(t, published).hasApp(app.program(t)) })
		}
		for name, program := range strangersMovedApps {
			t.Run("moved from "+name, func(t *testing.T) { t.Parallel(); newStranger(t, published).hasApp(program) })
		}
	})
	t.Run("page", func(t *testing.T) { t.Parallel(); followPages(t, published) })
	t.Run("command", func(t *testing.T) { t.Parallel(); newStranger(t, published).installs() })
	t.Run("demo", func(t *testing.T) { t.Parallel(); newStranger(t, published).runsDemo() })
}

// publish makes a module proxy with what is in the workspace, and says how the go
// command gets at it.
func publish(t *testing.T) (environment []string, list []modules.Module) {
	t.Helper()
	proxy := modules.Proxy{Folder: t.TempDir()}
	list, err := modules.Read("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		mod, err := m.GoMod("..", strangersVersion, true)
		if err == nil && m.IsPublished() {
			err = proxy.Add("..", m, strangersVersion, mod)
		}
		if err != nil {
			t.Fatalf("%s: %v", m.Dir, err)
		}
	}
	if environment, err = proxy.Environment(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	return environment, list
}

// stranger is somebody with an empty folder.
type stranger struct {
	t   *testing.T
	dir string
	env []string
}

func newStranger(t *testing.T, environment []string) stranger {
	t.Helper()
	home := t.TempDir()
	return stranger{t, t.TempDir(), append([]string{"HOME=" + home, "GOBIN=" + home}, environment...)}
}

// goes runs the go command.
func (s stranger) goes(args ...string) (out string) {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), "go", args...)
	cmd.Dir, cmd.Env = s.dir, s.env
	text, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, text)
	}
	return string(text)
}

func (s stranger) writes(program string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, "main.go"), []byte(program), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// gets has an app that imports the module and nothing else. One router comes along at
// most, and a client of Redis only with what opens stores.
func (s stranger) gets(m modules.Module) {
	path := m.Path
	if m.Dir == "core" { // which has no package at its top
		path += "/session"
	}
	s.goes("mod", "init", "stranger.example")
	s.goes("get", path+"@"+strangersVersion)
	if m.Dir == "debug/cmd/sessionkit" {
		return // a command, see installs
	}
	s.writes("package main\n\nimport _ \"" + path + "\"\n\nfunc main() {}\n")
	s.goes("build", "./...")
	brought := strings.Fields(s.goes("list", "-m", "-f", "{{.Path}}", "all")) // also what no package of it is needed of
	comes := func(module string) bool { return slices.Contains(brought, module) }
	if needs := append([]string{m.Path}, m.Siblings...); slices.ContainsFunc(needs, func(path string) bool { return !comes(path) }) {
		s.t.Errorf("the kit does not come along: %q", brought)
	}
	var routers []string
	for _, path := range frameworks {
		if comes(path) {
			routers = append(routers, path)
		}
	}
	if isAdapter := strings.HasPrefix(m.Dir, "adapters/"); len(routers) > 1 || len(routers) > 0 && !isAdapter {
		s.t.Errorf("%q come along", routers)
	}
	opens := m.Dir == "stores" || slices.Contains(m.Siblings, kit+"stores")
	if comes("github.com/redis/go-redis/v9") && !opens {
		s.t.Errorf("a client of Redis comes along, in %q", brought)
	}
}

// strangersProgram is an app, and what its author tells the go command before it is
// built.
type strangersProgram struct {
	text    string
	replace string // for go mod edit, "" for none
	get     []string
}

// hasApp has an app, logs in, and is logged in after the app was killed.
func (s stranger) hasApp(p strangersProgram) {
	s.goes("mod", "init", "stranger.example")
	s.writes(p.text)
	if p.replace != "" {
		s.goes("mod", "edit", "-replace="+p.replace)
	}
	s.goes(append([]string{"get"}, p.get...)...)
	s.goes("build", "-o", "app", ".")
	settings := []string{"SECRET_KEY=" + secret, "SESSION_DIR=" + filepath.Join(s.dir, "sessions")}
	run := func() (base string, kill func()) {
		address := "127.0.0.1:" + redistest.FreePort(s.t)
		cmd := exec.Command(filepath.Join(s.dir, "app"), "-addr", address)
		cmd.Env = append(settings, s.env...)
		return s.started(cmd, address)
	}
	base, kill := run()
	ada := trial.NewBrowser(s.t, base)
	ada.Do(http.StatusUnauthorized, "GET", "/me")
	ada.Do(http.StatusOK, "POST", "/login", "user", "ada")
	if answer := ada.Do(http.StatusOK, "GET", "/me"); answer.Body != "ada 1" {
		s.t.Errorf("logged in: %q", answer.Body)
	}
	kill()
	base, _ = run()
	if answer := ada.Clone(base).Do(http.StatusOK, "GET", "/me"); answer.Body != "ada 2" {
		s.t.Errorf("after a restart: %q", answer.Body)
	}
}

// started waits until the program, or what it has started, listens. All of it is
// killed at the end, or before.
func (s stranger) started(cmd *exec.Cmd, address string) (base string, kill func()) {
	s.t.Helper()
	log, err := os.Create(filepath.Join(s.t.TempDir(), "log"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended, cancel := context.WithCancel(context.Background())
	go func() { cmd.Wait(); cancel() }()
	kill = func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-ended.Done()
	}
	s.t.Cleanup(kill)
	base = "http://" + address
	for deadline := time.Now().Add(10 * time.Minute); ended.Err() == nil && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if _, err := trial.NewBrowser(s.t, base).Try("GET", "/plain"); err == nil {
			return base, kill
		}
	}
	text, _ := os.ReadFile(log.Name())
	s.t.Fatalf("nobody listens on %s:\n%s", address, text)
	return "", nil
}

// installs has the command, which knows its version.
func (s stranger) installs() {
	s.goes("install", kit+"debug/cmd/sessionkit@"+strangersVersion)
	home, _ := strings.CutPrefix(s.env[0], "HOME=")
	out, err := exec.Command(filepath.Join(home, "sessionkit"), "version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "sessionkit "+strangersVersion+" ") {
		s.t.Errorf("%v: %s", err, out)
	}
}

// runsDemo has a demo without a clone.
func (s stranger) runsDemo() {
	address := "127.0.0.1:" + redistest.FreePort(s.t)
	cmd := exec.Command("go", "run", kit+"examples/chi@"+strangersVersion, "--addr", address, "--workers", "2")
	cmd.Env = s.env
	base, _ := s.started(cmd, address)
	ada := trial.NewBrowser(s.t, base)
	ada.Login("ada")
	seen := map[int]bool{}
	until(s.t, time.Minute, "both workers have answered", func() bool {
		me := ada.Me()
		if seen[me.PID] = true; me.Name() != "ada" {
			s.t.Fatalf("worker %d sees %q", me.PID, me.Name())
		}
		return len(seen) == 2
	})
}
