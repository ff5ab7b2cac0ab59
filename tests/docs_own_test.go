package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var shownFile = regexp.MustCompile(`(?s)<!-- begin (tests/own/[a-z/_]+\.go) -->\n(.*?)<!-- end ([a-z/_.]+) -->`)

// The adapter and the store of the docs are those whose tests pass.
func TestShownFiles(t *testing.T) {
	t.Parallel()
	shown := 0
	for _, name := range []string{"own-store.md", "adapters.md"} {
		page := docsPage(t, name)
		want := shownFile.ReplaceAllStringFunc(page, func(part string) string {
			file := shownFile.FindStringSubmatch(part)[1]
			source, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(file)))
			if err != nil {
				t.Fatal(err)
			}
			shown++
			return fmt.Sprintf("<!-- begin %[1]s -->\n```go\n%[2]s\n```\n<!-- end %[1]s -->", file, strings.TrimSpace(string(source)))
		})
		if *update && want != page {
			if err := os.WriteFile(filepath.Join("..", "docs", name), []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if want != page {
			t.Errorf("docs/%s does not show what is in tests/own; run: go test ./tests -run ShownFiles -update", name)
		}
	}
	if shown != 3 {
		t.Errorf("%d files are shown", shown)
	}
}
