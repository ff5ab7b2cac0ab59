package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// contenders are the libraries of docs/performance.md, by how they are called elsewhere.
var contenders = []struct{ library, router, name string }{
	{"sessionkit", "net/http", "sessionkit"},
	{"scs", "net/http", "alexedwards/scs"},
	{"gorilla", "Echo", "gorilla/sessions, through echo-contrib"},
	{"gin-contrib", "Gin", "gin-contrib/sessions"},
	{"fiber session", "Fiber", "Fiber v2's session"},
	{"fiber session", "Fiber v3", "Fiber v3's session"},
}

// measuredRow are the cells of a contender in the first table behind a heading.
func measuredRow(t *testing.T, page, table, library, router string) []string {
	t.Helper()
	_, part, _ := strings.Cut(page, "| "+table)
	part, _, _ = strings.Cut(part, "\n\n")
	for line := range strings.Lines(part) {
		if rest, found := strings.CutPrefix(strings.TrimSpace(line), "| "+library+" | "+router+" | "); found {
			return strings.Split(strings.TrimSuffix(rest, " |"), " | ")
		}
	}
	t.Fatalf("docs/performance.md has no row of %s on %s in the table %q", library, router, table)
	return nil
}

func lossTable(t *testing.T, page string) string {
	table := "| 4 workers | changes lost, of 400 | sessions back, of 20 |\n| --- | --- | --- |\n"
	for _, c := range contenders {
		row := measuredRow(t, page, "4 workers |", c.library, c.router)
		lost, back, name := row[0], row[2], c.name
		if c.library == "sessionkit" {
			lost, back, name = strings.TrimSuffix(lost, " (0 %)"), "**"+back+"**", "**sessionkit**, on each router"
			lost = "**" + lost + "**"
		}
		table += fmt.Sprintf("| %s | %s | %s |\n", name, lost, back)
	}
	return table
}

func costTable(t *testing.T, page string) string {
	table := "| | requests a second that read | that change | commands to read, to change | bytes in Redis of a small session, of a user's |\n| --- | --- | --- | --- | --- |\n"
	add := func(name, library, router, weighed string) {
		rate := measuredRow(t, page, "requests a second |", library, router)
		commands := measuredRow(t, page, "Redis commands a request |", library, router)
		size := measuredRow(t, page, "bytes a session", library, weighed)
		table += fmt.Sprintf("| %s | %s | %s | %s, %s | %s, %s |\n", name, rate[1], rate[2],
			strings.TrimSuffix(commands[1], ".0"), strings.TrimSuffix(commands[2], ".0"), size[0], size[1])
	}
	for _, c := range contenders[1:] {
		add("sessionkit on "+c.router, "sessionkit", c.router, "net/http")
		add(c.name, c.library, c.router, c.router)
	}
	return table
}

// The README and the page that compares have the figures that were measured.
func TestMeasuredInDocs(t *testing.T) {
	t.Parallel()
	measured := docsPage(t, "performance.md")
	for _, router := range []string{"net/http", "chi", "Echo", "Echo v5", "Fiber", "Gin", "Fiber v3"} { // "on each router"
		if row := measuredRow(t, measured, "4 workers |", "sessionkit", router); row[0] != "0 (0 %)" || row[2] != "0" {
			t.Errorf("sessionkit on %s: %q", router, row)
		}
	}
	tables := map[string]string{"loss": lossTable(t, measured), "costs": costTable(t, measured)}
	for file, names := range map[string][]string{"README.md": {"loss"}, "docs/comparison.md": {"loss", "costs"}} {
		path := filepath.Join("..", filepath.FromSlash(file))
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := string(text)
		for _, name := range names {
			section := regexp.MustCompile(`(?s)(<!-- begin ` + name + ` -->\n).*?(<!-- end ` + name + ` -->)`)
			if !section.MatchString(want) {
				t.Fatalf("%s has no section %s", file, name)
			}
			want = section.ReplaceAllString(want, "${1}"+tables[name]+"${2}")
		}
		if *update && want != string(text) {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if want != string(text) {
			t.Errorf("%s has other figures than docs/performance.md; run: go test ./tests -run MeasuredInDocs -update", file)
		}
	}
}
