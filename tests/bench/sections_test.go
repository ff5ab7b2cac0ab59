package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestReplaceSections(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.md")
	page := "# Page\n<!-- begin a -->\nold\n<!-- end a -->\nbetween\n<!-- begin b -->\n<!-- end b -->\n"
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := replaceSections(file, map[string]string{"a": "new\n"}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	want := "# Page\n<!-- begin a -->\n\nnew\n\n<!-- end a -->\nbetween\n<!-- begin b -->\n<!-- end b -->\n"
	if err != nil || string(got) != want {
		t.Errorf("%v, %q", err, got)
	}
	if replaceSections(file, map[string]string{"c": ""}) == nil {
		t.Error("markers that are missing go unnoticed")
	}
}

// The page has a place for every part.
func TestPage(t *testing.T) {
	const page = "../../docs/performance.md"
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(copied, b, 0o600); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"machine": ""}
	for _, p := range parts {
		texts[p.name] = ""
	}
	if err := replaceSections(copied, texts); err != nil {
		t.Error(err)
	}
}
