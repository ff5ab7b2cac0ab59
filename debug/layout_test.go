package debug_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

// Each page can be used with a keyboard and a screen reader, and leads back to the
// overview.
func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	a := newCrowd(t, func(w *worker.Info) { w.Keys = []string{"deadbeef"} })
	ada := a.visit("/set?cart=1", a.visit("/login", ""))
	attribute := func(names string) *regexp.Regexp { return regexp.MustCompile(`\s(?:` + names + `)="([^"]*)"`) }
	ids, refs := attribute("id"), attribute("aria-labelledby|aria-describedby|data-copy")
	for _, path := range []string{"", "session", "config", "workers", "store", "redis", "checks"} {
		page := a.do("GET", "/debug/"+path, asBrowser(), withCookie(ada)).Body.String()
		for _, want := range []string{
			`<html lang="en">`, `<meta name="viewport"`, `<a class="skip" href="#main">`, `<nav aria-label="`, `<main id="main" tabindex="-1">`,
			`<h1><a href="/debug/">`, `>overview</a>`, ` aria-current="page">`, `id="refresh"`, `role="alert"`,
		} {
			if strings.Count(page, want) != 1 {
				t.Errorf("/debug/%s: %q is there %d times", path, want, strings.Count(page, want))
			}
		}
		if title := regexp.MustCompile(`<title>([^<]+) - sessionkit on [^<]+</title>`).FindStringSubmatch(page); title == nil {
			t.Errorf("/debug/%s: no title", path)
		}
		var seen []string
		for _, m := range ids.FindAllStringSubmatch(page, -1) {
			if slices.Contains(seen, m[1]) {
				t.Errorf("/debug/%s: the id %q twice", path, m[1])
			}
			seen = append(seen, m[1])
		}
		for _, m := range refs.FindAllStringSubmatch(page, -1) {
			for id := range strings.FieldsSeq(m[1]) {
				if !slices.Contains(seen, id) {
					t.Errorf("/debug/%s: there is no %q", path, id)
				}
			}
		}
		for _, th := range regexp.MustCompile(`<th\b[^>]*>`).FindAllString(page, -1) {
			if !strings.Contains(th, ` scope="`) {
				t.Errorf("/debug/%s: a header of what? %s", path, th)
			}
		}
		for _, svg := range regexp.MustCompile(`<svg[^>]*>`).FindAllString(page, -1) {
			if !strings.Contains(svg, `aria-hidden="true"`) && !(strings.Contains(svg, `role="img"`) && strings.Contains(svg, "-title ") && strings.Contains(svg, "-desc")) {
				t.Errorf("/debug/%s: a picture without words: %s", path, svg)
			}
		}
		level := 0
		for _, m := range regexp.MustCompile(`<h([1-6])\b`).FindAllStringSubmatch(page, -1) {
			if now := int(m[1][0] - '0'); now > level+1 {
				t.Errorf("/debug/%s: a heading of level %d below one of level %d", path, now, level)
			} else {
				level = now
			}
		}
	}
}

// On a phone rows become blocks, so each cell says what it is, and nothing scrolls
// within the page.
func TestNothingHidesOnAPhone(t *testing.T) {
	t.Parallel()
	page := newCrowd(t, func(*worker.Info) {}).page("/debug/workers")
	_, table, _ := strings.Cut(page, `id="workers"`)
	table, _, _ = strings.Cut(table, "</table>")
	for _, td := range regexp.MustCompile(`<td\b[^>]*>`).FindAllString(table, -1) {
		if !strings.Contains(td, ` data-label="`) {
			t.Errorf("without a label: %s", td)
		}
	}
	if heads, cells := strings.Count(table, `scope="col"`), strings.Count(table, "data-label="); heads*2 != cells+2 {
		t.Errorf("%d columns, %d cells of two workers", heads, cells)
	}
	style, _, _ := strings.Cut(page, "</style>")
	if found := regexp.MustCompile(`overflow(-x|-y)?: *(auto|scroll|hidden)|max-height`).FindString(style); found != "" {
		t.Errorf("%s", found)
	}
}
