package beside

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/beside.md anew")

var page = filepath.Join("..", "..", "docs", "beside.md")

const head = `# Each middleware, tried

Other middleware, one at a time, outside of the session's and inside of it. The page
is made from what [tests/beside](../tests/beside) tries and expects; [middleware.md](middleware.md)
says why, and which order to choose.

In each combination visitors come who have a session, and who have none. They ask
for pages that are short, long, empty, a redirect, an error, a file, and one that says
that caches may keep it; with GET, HEAD, POST, ranges and conditions; from another
origin, with a preflight, and for paths that only other middleware knows. They log in
and out, read server-sent events and open websockets, meet a panic, a store that saves
nothing, and, where there is a timeout, a handler that is cut off.

**holds**: what a handler changed in the session is there in the next request, nobody
gets a page or a Set-Cookie of another visitor, no cache may keep one, and when the session
cannot be saved the answer is an error and nothing of the page. Anything else is what
does not work there; it is told with the status that visitors get, or by a line in
the log. "–": there is no such side.
`

const tail = `
Fiber's ` + "`adaptor.HTTPMiddleware`" + ` has returned when the handler runs, so middleware for
net/http that changes answers does nothing there, and is not in the list; nor is it in that of
Gin, whose writer stays. What Echo's
` + "`echo.WrapMiddleware`" + ` wraps has ended the answer when Echo comes to the error that a
handler returned, so that visitors do not see it, with the session or without: to compress
and to limit the time use Echo's own.

gin-contrib/gzip takes the whole Vary away from errors that it does not compress, and
with it the word to caches that they are for one visitor: it belongs inside.

A handler that goes on behind ` + "`http.TimeoutHandler`" + `, Echo's Timeout or Fiber v3's hears of what is
not saved: from Set and Commit, and from a login that comes too late. On Echo it must
not touch its Context any more, which may be another request's by then, with the session
of that one; what it needs, the session too, it takes before. ContextTimeout has neither
fault.
`

func document() string {
	var b strings.Builder
	b.WriteString(head)
	all, held := 0, 0
	for _, r := range routers() {
		for _, c := range r.beside {
			for _, at := range []side{outside, inside} {
				switch c.expected(at) {
				case never:
				case holds:
					held++
					fallthrough
				default:
					all++
				}
			}
		}
	}
	fmt.Fprintf(&b, "\n%d combinations: %d hold, and %d lack something.\n", all, held, all-held)
	for _, r := range routers() {
		fmt.Fprintf(&b, "\n## %s\n\n| kind | middleware | outside | inside |\n| --- | --- | --- | --- |\n", r.name)
		rows := slices.Clone(r.beside)
		slices.SortStableFunc(rows, func(a, b combination) int { return strings.Compare(a.kind, b.kind) })
		for _, c := range rows {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.kind, c.name, c.told(outside), c.told(inside))
		}
	}
	b.WriteString(tail)
	return b.String()
}

func (c combination) told(at side) string {
	if c.expected(at) == never {
		return "–"
	}
	return c.expected(at)
}

// The page says what TestBeside expects.
func TestPage(t *testing.T) {
	t.Parallel()
	want := []byte(document())
	if *update {
		if err := os.WriteFile(page, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/beside.md is not what is tried; run: go test ./tests/beside -run Page -update")
	}
}
