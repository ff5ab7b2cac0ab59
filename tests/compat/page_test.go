package compat

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var page = filepath.Join("..", "..", "docs", "compatibility.md")

// document is the page, with the newest versions that the tests passed with.
func document(t *testing.T, newest []string) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, `# Compatibility

Written by %[1]smake compat%[1]s, which runs the tests of each adapter in a module of its own
with the oldest version that its go.mod asks for, and with the newest there is. An
app keeps the version that it has, as long as it is not older.

Go %[2]s or later. Redis 6.2 or later; the tests run with what Debian has, 7.0 or later.

| module | for | oldest | newest tested | looked after |
| --- | --- | --- | --- | --- |
`, "`", goVersion(t))
	for i, p := range pairings {
		fmt.Fprintf(&b, "| `adapters/%s` | %s | %s | %s | %s |\n", p.adapter, p.library, p.oldest(t), newest[i], p.until)
	}
	b.WriteString("\n")
	for _, p := range pairings {
		if p.without != "" {
			fmt.Fprintf(&b, "`adapters/%s`: %s.\n", p.adapter, p.without)
		}
	}
	b.WriteString("\n`net/http` comes with Go. `adapters/scs` needs no version of scs: it stands in its place.\n")
	return b.String()
}

// goVersion is what the modules ask for.
func goVersion(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "core", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, version, _ := strings.Cut(string(text), "\ngo ")
	version, _, _ = strings.Cut(version, "\n")
	if version == "" {
		t.Fatal("core/go.mod names no version of Go")
	}
	return strings.TrimSuffix(version, ".0")
}

// written is what the page has for the newest version of each, "" for a new one.
func written(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	newest := make([]string, len(pairings))
	for line := range strings.SplitSeq(string(text), "\n") {
		for i, p := range pairings {
			if cells := strings.Split(line, " | "); len(cells) == 5 && cells[0] == "| `adapters/"+p.adapter+"`" {
				newest[i] = cells[3]
			}
		}
	}
	return newest
}

// The page says what the modules ask for now.
func TestPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if newest := written(t); slices.Contains(newest, "") || document(t, newest) != string(text) {
		t.Error("docs/compatibility.md is not what is in the modules: run make compat")
	}
}
