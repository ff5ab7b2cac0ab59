package tests

import (
	"go/format"
	"go/importer"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the guide says to replace makes the example on Fiber v3 of the one on v2, and
// compiles with what that has no use for.
func TestGuideFromFiberV2(t *testing.T) {
	t.Parallel()
	file := func(path ...string) string {
		text, err := os.ReadFile(filepath.Join(append([]string{".."}, path...)...))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	_, section, found := strings.Cut(file("docs", "moving.md"), "\n## From Fiber v2 to v3\n")
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
	apart := strings.NewReplacer("\t\tDisableStartupMessage: true,\n", "", `page.Render("Fiber",`, `page.Render("Fiber v3",`)
	for _, name := range []string{"handlers.go", "routes.go"} {
		moved, err := format.Source([]byte(move(apart.Replace(file("examples", "fiber", name)))))
		if err != nil {
			t.Fatal(err)
		}
		if string(moved) != file("examples", "fiberv3", name) {
			t.Errorf("%s is moved to\n%s\nand not to what examples/fiberv3 has", name, moved)
		}
	}
	if err := checkBlock(importer.ForCompiler(token.NewFileSet(), "gc", exportData(t)), move(othersOnFiber)); err != nil {
		t.Errorf("%v in\n%s", err, move(othersOnFiber))
	}
	for _, row := range rows {
		if !used[row[1]] {
			t.Errorf("nothing is like %s", row[1])
		}
	}
}

// othersOnFiber is on Fiber v2 what the example has no use for.
const othersOnFiber = `
app.Mount("/shop", fiber.New())
app.Use(func(c *fiber.Ctx) error {
	c.SetUserContext(context.WithValue(c.UserContext(), key, c.Context().ID()))
	return c.Next()
})
r := httptest.NewRequest("GET", "/", nil)
res, err := app.Test(r, -1)
if err != nil {
	return err
}
return res.Body.Close()
`
