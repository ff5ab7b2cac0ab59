package compat

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

var run = flag.Bool("compat", false, "run the adapters' tests with the oldest and the newest version of what they are for, and write docs/compatibility.md")

// pairing is an adapter and what it is for.
type pairing struct {
	adapter string // its folder
	library string
	until   string // how long it is looked after here

	// what cannot pass with the oldest version, and what that means
	skip, without string
}

var pairings = []pairing{
	{adapter: "chi", library: "github.com/go-chi/chi/v5", until: "as long as chi v5 is",
		skip:    "TestConformance/errors/136",
		without: "before 5.3 a finding on the order of middleware, or on a lost context, may lack the name of the route"},
	{adapter: "echo", library: "github.com/labstack/echo/v4", until: "until 2027-12-31, a year after Echo v4's last fixes"},
	{adapter: "echov5", library: "github.com/labstack/echo/v5", until: "as long as Echo v5 is"},
	{adapter: "fiber", library: "github.com/gofiber/fiber/v2", until: "as long as Fiber v2 is patched, and a year more"},
	{adapter: "fiberv3", library: "github.com/gofiber/fiber/v3", until: "as long as Fiber v3 is"},
	{adapter: "fiber/compat", library: "github.com/gofiber/fiber/v2", until: "as adapters/fiber"},
	{adapter: "fiberv3/compat", library: "github.com/gofiber/fiber/v3", until: "as adapters/fiberv3"},
	{adapter: "gin", library: "github.com/gin-gonic/gin", until: "as long as Gin v1 is"},
	{adapter: "gorilla", library: "github.com/gorilla/sessions", until: "as long as gorilla/sessions v1 is"},
}

// oldest is the version that the adapter's go.mod asks for.
func (p pairing) oldest(t *testing.T) string {
	t.Helper()
	file := filepath.Join("..", "..", "adapters", p.adapter, "go.mod")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse(file, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range mod.Require {
		if r.Mod.Path == p.library && !r.Indirect {
			return r.Mod.Version
		}
	}
	t.Fatalf("%s does not require %s", file, p.library)
	return ""
}

// TestCompatibility runs the tests of each adapter in a copy of its module.
func TestCompatibility(t *testing.T) {
	if !*run {
		t.Skip("make compat")
	}
	newest := written(t) // of those that are not run now
	for i, p := range pairings {
		t.Run(p.adapter, func(t *testing.T) {
			p.test(t, p.oldest(t), p.skip)
			newest[i] = p.test(t, "latest", "")
		})
	}
	if t.Failed() {
		return
	}
	if err := os.WriteFile(page, []byte(document(t, newest)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// test returns the version that was tested.
func (p pairing) test(t *testing.T, version, skip string) string {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	from := filepath.Join(root, "adapters", p.adapter)
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	command := func(args ...string) (string, error) {
		cmd := exec.Command("go", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
		out, err := cmd.Output()
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("go %s: %w\n%s%s", strings.Join(args, " "), err, out, exit.Stderr)
		}
		return string(out), err
	}
	must := func(args ...string) string {
		t.Helper()
		out, err := command(args...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	absolute(t, filepath.Join(dir, "go.mod"), from)
	must("get", p.library+"@"+version)
	var used struct{ Version string }
	if err := json.Unmarshal([]byte(must("list", "-m", "-json", p.library)), &used); err != nil {
		t.Fatal(err)
	}
	if version != "latest" && used.Version != version {
		t.Fatalf("%s is in use where %s was asked for", used.Version, version)
	}
	t.Logf("%s with %s %s", p.adapter, p.library, used.Version)
	must("vet", "./...")
	if _, err := command("test", "-short", "-skip", cmp.Or(skip, "^$"), "./..."); err != nil {
		t.Errorf("%s %s: %v", p.library, used.Version, err)
	}
	return used.Version
}

// absolute has the module's replace lines lead to where they led before it was copied.
func absolute(t *testing.T, file, from string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse(file, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range mod.Replace {
		if err := mod.AddReplace(r.Old.Path, r.Old.Version, filepath.Join(from, r.New.Path), ""); err != nil {
			t.Fatal(err)
		}
	}
	mod.Cleanup()
	if text, err = mod.Format(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
