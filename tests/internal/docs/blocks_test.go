package docs

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Blocks are found with what stands before them, and nothing is taken for a note that
// belongs to another block.
func TestBlocks(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	text := "# Page\n\n<!-- not run: nobody\nhas it -->\n```sh\nls\n```\n\n- list\n\n  ```go\n  if a {\n  \tb()\n  }\n  ```\n\ntext\n\n```\nout\n```\n"
	if err := os.WriteFile(filepath.Join(root, "page.md"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := Blocks(root, "page.md")
	want := []Block{
		{File: "page.md", Line: 6, Lang: "sh", Text: "ls\n", Note: "not run: nobody\nhas it"},
		{File: "page.md", Line: 12, Lang: "go", Text: "if a {\n\tb()\n}\n"},
		{File: "page.md", Line: 20, Text: "out\n"},
	}
	if err != nil || !slices.Equal(list, want) {
		t.Errorf("%+v, %v", list, err)
	}
}
