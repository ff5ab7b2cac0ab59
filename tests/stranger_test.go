package tests

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// frameworks are the routers that there are adapters for, and what else an app may
// not get by one of these.
var frameworks = []string{"github.com/go-chi/chi", "github.com/labstack/echo/v4", "github.com/labstack/echo/v5", "github.com/gofiber/fiber",
	"github.com/gin-gonic/gin", "github.com/redis/go-redis", kit + "stores", kit + "debug"}

// Whoever uses an adapter gets the router that it is for, and neither another one
// nor a client of Redis.
func TestBuildListOfStrangers(t *testing.T) {
	t.Parallel()
	for adapter, own := range map[string]string{"chi": "github.com/go-chi/chi/v5", "echo": "github.com/labstack/echo/v4",
		"echov5": "github.com/labstack/echo/v5", "fiber": "github.com/gofiber/fiber/v2", "fiberv3": "github.com/gofiber/fiber/v3", "gin": "github.com/gin-gonic/gin"} {
		t.Run(adapter, func(t *testing.T) {
			t.Parallel()
			list := buildList(t, adapter)
			if !strings.Contains(list, own+" ") || !strings.Contains(list, kit+"core ") {
				t.Fatalf("the list is\n%s", list)
			}
			for line := range strings.Lines(list) {
				for _, other := range frameworks {
					if strings.HasPrefix(line, other) && !strings.HasPrefix(line, own+" ") {
						t.Errorf("%s comes along", strings.TrimSpace(line))
					}
				}
			}
		})
	}
}

// buildList is what `go list -m all` says in a module that imports the adapter.
func buildList(t *testing.T, adapter string) string {
	t.Helper()
	top, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string) string {
		text, err := os.ReadFile(filepath.Join(top, "adapters", adapter, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	path := kit + "adapters/" + adapter
	mod := strings.Replace(file("go.mod"), "module "+path+"\n", "module stranger.example\n", 1) // the rest is what go mod tidy makes
	mod = strings.ReplaceAll(mod, "=> ../..", "=> "+filepath.ToSlash(top))
	mod = strings.ReplaceAll(mod, "=> ../internal/", "=> "+filepath.ToSlash(top)+"/adapters/internal/")
	mod += fmt.Sprintf("\nrequire %s v0.1.0\n\nreplace %[1]s => %s/adapters/%s\n", path, filepath.ToSlash(top), adapter)
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": mod, "go.sum": file("go.sum"), "main.go": fmt.Sprintf("package main\n\nimport _ %q\n\nfunc main() {}\n", path)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var list []byte
	for _, args := range [][]string{{"vet", "."}, {"list", "-m", "all"}} {
		cmd := exec.Command("go", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off")
		if list, err = cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, list)
		}
	}
	return string(list)
}
