package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	asvsRow    = regexp.MustCompile(`(?m)^\| (\d+\.\d+(?:\.\d+)?) [^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|$`)
	asvsNumber = regexp.MustCompile(`\d+\.\d+(?:\.\d+)?`)
	testName   = regexp.MustCompile("`([a-z/]+) (Test[A-Za-z0-9]+)`")
	caseName   = regexp.MustCompile("`adaptertest (\"[^\"]+\")`")
)

// Each number of the list has an answer, and each test that an answer names is there.
func TestSecurityAnswers(t *testing.T) {
	t.Parallel()
	answered := map[string]bool{}
	rows := asvsRow.FindAllStringSubmatch(docsPage(t, "security.md"), -1)
	for _, row := range rows {
		number, kit, app, shown := row[1], row[2], row[3], row[4]
		if answered[number] = true; strings.TrimSpace(kit) == "" || strings.TrimSpace(app) == "" {
			t.Errorf("%s says nothing", number)
		}
		named := 0
		for _, name := range testName.FindAllStringSubmatch(shown, -1) {
			if named++; !hasTest(t, name[1], name[2]) {
				t.Errorf("%s: there is no %s in %s", number, name[2], name[1])
			}
		}
		for _, name := range caseName.FindAllStringSubmatch(shown, -1) {
			if named++; !inSource(t, "core/adaptertest/*.go", name[1]) {
				t.Errorf("%s: the suite has no case %s", number, name[1])
			}
		}
		if named != strings.Count(shown, "`")/2 || named == 0 && strings.TrimSpace(shown) != "–" {
			t.Errorf("%s is shown by %s", number, shown)
		}
	}
	for _, number := range asvsList(t) {
		if !answered[number] {
			t.Errorf("%s has no answer", number)
		}
	}
	if len(rows) < 25 {
		t.Errorf("%d answers were found", len(rows))
	}
}

// asvsList are the numbers of docs/behaviours.md.
func asvsList(t *testing.T) (list []string) {
	t.Helper()
	_, part, _ := strings.Cut(docsPage(t, "behaviours.md"), "## OWASP ASVS 5.0")
	_, part, _ = strings.Cut(part, "\n") // the heading has a number too
	for _, item := range strings.Split(part, " · ") {
		words, _, _ := strings.Cut(item, " ")
		numbers := asvsNumber.FindAllString(words, -1)
		if len(numbers) == 2 && strings.Contains(words, "-") {
			numbers = between(numbers[0], numbers[1])
		}
		list = append(list, numbers...)
	}
	if len(list) < 25 {
		t.Fatalf("the list has %q", list)
	}
	return list
}

// between are the numbers from first to last, which differ behind the last point.
func between(first, last string) (list []string) {
	at := strings.LastIndex(first, ".") + 1
	from, _ := strconv.Atoi(first[at:])
	to, _ := strconv.Atoi(last[at:])
	for n := from; n <= to; n++ {
		list = append(list, fmt.Sprint(first[:at], n))
	}
	return list
}

func docsPage(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func hasTest(t *testing.T, folder, name string) bool {
	return inSource(t, folder+"/*_test.go", "func "+name+"(t *testing.T)")
}

// inSource reports whether a file of the pattern, below the top, has the text.
func inSource(t *testing.T, pattern, text string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(pattern)))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(files), err)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		source, err := os.ReadFile(file)
		return err == nil && strings.Contains(string(source), text)
	})
}

// Behaviour 78: whatever decides by a comparison whether somebody has a secret takes
// as long whether the first byte differs or the last.
func TestSecretsAreComparedInConstantTime(t *testing.T) {
	t.Parallel()
	careless := regexp.MustCompile(`(bytes|slices)\.Equal|(?i:\b(mac|sum|sign\w*|token|sent)(\[:\])? [!=]= [^n"])`)
	for file, call := range map[string]string{
		"core/internal/token/token.go": "hmac.Equal(", "debug/pass.go": "hmac.Equal(", "debug/access.go": "subtle.ConstantTimeCompare(",
	} {
		source, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(source), call) {
			t.Errorf("%s does not call %s)", file, call)
		}
		if found := careless.Find(source); found != nil {
			t.Errorf("%s compares with %s", file, found)
		}
	}
}
