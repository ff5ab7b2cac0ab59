package tests

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/tests/internal/docs"
)

var (
	codeInText = regexp.MustCompile("(?ms)^ *```.*?^ *```$|`[^`\n]*`")
	docLink    = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"`)
	heading    = regexp.MustCompile(`(?m)^#{1,6} +(.*?) *#*$`)
	notInSlug  = regexp.MustCompile(`[^\p{L}\p{N}\p{M}_ -]`)
)

// anchors are those that GitHub gives to the headings of a document.
func anchors(text string) map[string]bool {
	found := map[string]bool{}
	fenced := regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	for _, match := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		title := docLink.ReplaceAllString(match[1], "]")
		slug := strings.ReplaceAll(notInSlug.ReplaceAllString(strings.ToLower(title), ""), " ", "-")
		name := slug
		for n := 1; found[name]; n++ {
			name = slug + "-" + strconv.Itoa(n)
		}
		found[name] = true
	}
	return found
}

// deadLinks lists what a document leads to that is not there, and files that it leads to.
func deadLinks(file, text string, read func(name string) (string, error)) (dead, files []string) {
	for _, match := range docLink.FindAllStringSubmatch(codeInText.ReplaceAllString(text, ""), -1) {
		target := match[1] + match[2]
		if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") || strings.HasPrefix(target, "data:") {
			continue
		}
		name, anchor, hasAnchor := strings.Cut(target, "#")
		to := file
		if name != "" {
			to = path.Join(path.Dir(file), name)
		}
		content, err := read(to)
		if err != nil || hasAnchor && strings.HasSuffix(to, ".md") && !anchors(content)[anchor] {
			dead = append(dead, target)
		}
		files = append(files, to)
	}
	return dead, files
}

// docText reads a file of the repository; a folder has no text.
func docText(name string) (string, error) {
	name = filepath.Join("..", filepath.FromSlash(name))
	if info, err := os.Stat(name); err != nil || info.IsDir() {
		return "", err
	}
	text, err := os.ReadFile(name)
	return string(text), err
}

// No link in the documents is dead, and each page is in a list: that of docs or, where
// its folder has one, of its folder.
func TestLinksInDocs(t *testing.T) {
	t.Parallel()
	files, err := docs.Files("..")
	if err != nil {
		t.Fatal(err)
	}
	lists := map[string]map[string]bool{} // the files that a README leads to
	for _, file := range append(files, "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md") {
		text, err := docText(file)
		if err != nil {
			t.Fatal(err)
		}
		dead, leads := deadLinks(file, text, docText)
		for _, target := range dead {
			t.Errorf("%s: %s leads nowhere", file, target)
		}
		if path.Base(file) == "README.md" {
			lists[file] = map[string]bool{}
			for _, to := range leads {
				lists[file][to] = true
			}
		}
	}
	for _, file := range files {
		own := path.Join(path.Dir(file), "README.md")
		if file != "README.md" && file != "docs/README.md" && !lists["docs/README.md"][file] && !lists[own][file] {
			t.Errorf("%s is not listed in docs/README.md", file)
		}
	}
}

// What the test takes for dead is dead.
func TestDeadLinks(t *testing.T) {
	t.Parallel()
	pages := map[string]string{"docs/a.md": "# One & two\n\n## `x.Y` and [z](b.md)\n\n## Same\n## Same\n```sh\n# no heading\n```\n", "docs/b.md": ""}
	read := func(name string) (string, error) {
		text, found := pages[name]
		if !found {
			return "", os.ErrNotExist
		}
		return text, nil
	}
	good := "[a](../a.md#one--two) [b](../a.md#xy-and-z) [c](../a.md#same-1) [d](../b.md) [e](https://example.org/x) `[f](none.md)`\n```go\n[g](none.md)\n```\n"
	if dead, files := deadLinks("docs/c/d.md", good, read); len(dead) > 0 || len(files) != 4 {
		t.Errorf("%q, %q", dead, files)
	}
	bad := "[a](../a.md#no-heading) [b](../a.md#same-2) [c](none.md) [d](#nothing) <img src=\"none.svg\">"
	if dead, _ := deadLinks("docs/c/d.md", bad, read); len(dead) != 5 {
		t.Errorf("%q", dead)
	}
}
