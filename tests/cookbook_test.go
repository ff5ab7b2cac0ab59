package tests

import (
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/tests/internal/docs"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// recipe is a program of the functions on a page of the cookbook.
type recipe struct {
	page     string
	shared   string            // what names the tests that others have too, "" for none
	whole    bool              // the page is one program, and its blocks need each other
	only     string            // a text in the blocks that are meant, "" for all that are declarations
	packages map[string]string // where a name is another package than in docPackages
	quicker  string            // a time on the page that a test does not wait for
}

// recipes are each tried by the tests in testdata/cookbook that are called like it.
var recipes = map[string]recipe{
	"login":   {page: "login"},
	"pages":   {page: "pages"},
	"apis":    {page: "apis", quicker: "15 * time.Second"},
	"logout":  {page: "logout"},
	"apps":    {page: "apps"},
	"devices": {page: "devices"},
	"echo": {page: "echo", shared: "app", whole: true, quicker: "15 * time.Second", packages: map[string]string{
		"echo": "github.com/labstack/echo/v5", "echosession": kit + "adapters/echov5"}},
	"fiber": {page: "fiber", shared: "app", whole: true, quicker: "15 * time.Second", packages: map[string]string{
		"fiber": "github.com/gofiber/fiber/v3", "fibersession": kit + "adapters/fiberv3"}},
	"gin":         {page: "gin", shared: "app", whole: true, quicker: "15 * time.Second"},
	"csrf":        {page: "csrf", shared: "csrf", only: "func protect("},
	"csrffiberv2": {page: "csrf", shared: "csrf", only: "KeyLookup", packages: map[string]string{"csrf": "github.com/gofiber/fiber/v2/middleware/csrf"}},
	"csrfecho": {page: "csrf", shared: "csrf", only: "func protectEcho", packages: map[string]string{
		"echo": "github.com/labstack/echo/v5", "middleware": "github.com/labstack/echo/v5/middleware"}},
	"csrffiber": {page: "csrf", shared: "csrf", only: "extractors.", packages: map[string]string{
		"csrf": "github.com/gofiber/fiber/v3/middleware/csrf", "fiber": "github.com/gofiber/fiber/v3"}},
}

// trials are the files with the tests of a recipe.
func (r recipe) trials(name string) []string {
	files := []string{filepath.Join("testdata", "cookbook", name+"_test.go")}
	if r.shared != "" {
		files = append(files, filepath.Join("testdata", "cookbook", r.shared+"_shared_test.go"))
	}
	return files
}

// Each page of the cookbook is tried, and what is tried is there.
func TestCookbookPages(t *testing.T) {
	t.Parallel()
	files, err := docs.Files("..")
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]bool{"README": true}
	for name, recipe := range recipes {
		tried[recipe.page] = true
		for _, file := range recipe.trials(name) {
			if _, err := os.Stat(file); err != nil {
				t.Error(err)
			}
		}
	}
	for _, file := range files {
		page, found := strings.CutPrefix(strings.TrimSuffix(file, ".md"), "docs/cookbook/")
		if found && !tried[page] {
			t.Errorf("%s is not tried", file)
		}
	}
}

// The recipes of the cookbook do what the pages say.
func TestCookbook(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	for name, recipe := range recipes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			blocks, err := docs.Blocks("..", "docs/cookbook/"+recipe.page+".md")
			if err != nil {
				t.Fatal(err)
			}
			code := declarations(blocks, recipe.only)
			if recipe.quicker != "" {
				if !strings.Contains(code, recipe.quicker) {
					t.Fatalf("the page has no %s", recipe.quicker)
				}
				code = strings.ReplaceAll(code, recipe.quicker, "20 * time.Millisecond")
			}
			known := maps.Clone(docPackages)
			maps.Copy(known, recipe.packages)
			dir := t.TempDir()
			page := filepath.Join(dir, "page.go")
			if err := os.WriteFile(page, []byte(withImports(t, known, code)), 0o600); err != nil {
				t.Fatal(err)
			}
			args := []string{"test", "-count=1", "-v", page}
			for _, file := range recipe.trials(name) {
				tests, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				copied := filepath.Join(dir, filepath.Base(file)) // all are to be in one folder
				if err := os.WriteFile(copied, tests, 0o600); err != nil {
					t.Fatal(err)
				}
				args = append(args, copied)
			}
			cmd := exec.CommandContext(t.Context(), "go", args...)
			cmd.Dir = filepath.Join("..", "examples") // the workspace, which knows all that they import
			if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// declarations are the blocks of Go that are some and have the text in them.
func declarations(blocks []docs.Block, text string) (code string) {
	for _, b := range blocks {
		if b.Lang == "go" && isDeclaration(b.Text) && strings.Contains(b.Text, text) {
			code += b.Text + "\n"
		}
	}
	return code
}

// isDeclaration reports whether a block is functions and types, and not lines of one.
func isDeclaration(block string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+block, 0)
	return err == nil
}
