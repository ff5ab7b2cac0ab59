package tests

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The drawings of the docs say in words what they show, follow the reader's colours,
// bring nothing along from elsewhere, and each is on a page.
func TestDrawings(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../docs/images/*.svg")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d drawings, %v", len(files), err)
	}
	var pages strings.Builder
	texts, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(texts, "../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		pages.Write(text)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var drawing struct {
			XMLName xml.Name `xml:"http://www.w3.org/2000/svg svg"`
			Role    string   `xml:"role,attr"`
			Title   string   `xml:"title"`
			Desc    string   `xml:"desc"`
		}
		if err := xml.Unmarshal(text, &drawing); err != nil || drawing.Role != "img" || drawing.Title == "" || drawing.Desc == "" {
			t.Errorf("%s: %v, %+v", file, err, drawing)
		}
		if !strings.Contains(string(text), "prefers-color-scheme:dark") || len(text) > 8<<10 {
			t.Errorf("%s has %d bytes, or no colours for the dark", file, len(text))
		}
		for _, foreign := range []string{"<script", "href", "url(", "@import", "<image", "<foreignObject"} {
			if strings.Contains(string(text), foreign) {
				t.Errorf("%s has %s in it", file, foreign)
			}
		}
		if !strings.Contains(pages.String(), "](images/"+filepath.Base(file)+")") && !strings.Contains(pages.String(), "docs/images/"+filepath.Base(file)) {
			t.Errorf("%s is on no page", file)
		}
	}
}
