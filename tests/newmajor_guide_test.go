package tests

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// replacement is a row of a table in docs/moving.md.
var replacement = regexp.MustCompile("(?m)^\\| `(.*)` \\| `(.*)` \\|$")

// What the guide says to replace makes an app on Echo v5 of one on v4: the example,
// which then passes its tests, with what it has no use for.
func TestGuideFromEchoV4(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../docs/moving.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(guide), "\n## From Echo v4 to v5\n")
	section, _, _ = strings.Cut(section, "\n## ")
	rows := replacement.FindAllStringSubmatch(section, -1)
	if !found || len(rows) < 5 {
		t.Fatalf("%d rows", len(rows))
	}
	used := map[string]bool{}
	move := func(text string) string {
		for _, row := range rows {
			used[row[1]] = used[row[1]] || strings.Contains(text, row[1])
			text = strings.ReplaceAll(text, row[1], row[2])
		}
		return text
	}
	dir := t.TempDir()
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	put := func(name, text string) {
		app, err := filepath.Abs(filepath.Join("../examples/echo", name))
		if err != nil {
			t.Fatal(err)
		}
		overlay.Replace[app] = filepath.Join(dir, name)
		if err := os.WriteFile(overlay.Replace[app], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob("../examples/echo/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		put(filepath.Base(file), move(string(text)))
	}
	put("others.go", move(others))
	for _, row := range rows {
		if !used[row[1]] {
			t.Errorf("nothing is like %s", row[1])
		}
	}
	list, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), list, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "test", "-count=1", "-v", "-overlay", filepath.Join(dir, "overlay.json"), "./echo")
	cmd.Dir = filepath.Join("..", "examples")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestLogin") {
		t.Errorf("%v\n%s", err, out)
	}
}

// others is on Echo v4 what the example has no use for.
const others = `package main

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

const limit = time.Second

func others(e *echo.Echo) {
	e.Use(middleware.Logger(), middleware.TimeoutWithConfig(middleware.TimeoutConfig{Timeout: limit}), func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			w := http.ResponseWriter(c.Response())
			c.Response().Writer = w
			return next(c)
		}
	})
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		err = echo.NewHTTPError(http.StatusTeapot, "tea").SetInternal(err)
		e.DefaultHTTPErrorHandler(err, c)
	}
}
`
