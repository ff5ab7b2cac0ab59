package check_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/gosessionkit/sessionkit/core/check"
)

var update = flag.Bool("update", false, "write docs/checks.md anew")

const docsHead = `# Checks

What sessionkit looks for, and what to do about it. Each check has an id that
stays the same. They run

- at start: one line in the log for each finding, with its id and its fix. In
  production mode an error stops the start; the error lists all of them.
- when the debug endpoints are on: ` + "`/debug/config`" + ` lists the findings of the
  worker that answers, with what requests have shown of late.
- before the app starts, in CI or as ExecStartPre: ` + "`sessionkit check`" + ` looks at the
  settings and the store of the present environment ([cli.md](cli.md#sessionkit-check)).
- over all workers: ` + "`sessionkit doctor URL`" + ` merges what they find, tries a session, and
  names the cause ([cli.md](cli.md#sessionkit-doctor)).

An **error** breaks sessions or gives them away. A **warning** may, or does so
under load, at a restart or in production. An **info** is worth knowing. In test
mode only errors are logged.

What requests have shown is forgotten an hour after the last of them, all but a
wrong order of the middleware, a context that was replaced, a page that a cache kept and logins that renew nothing. What anybody can send is a warning from the third
request on, and an info before; a cookie of another key is one from the first on
where sessions are in memory.

To leave some out name their ids: ` + "`--session-silence store-unchecked,redis-no-tls`" + `
(` + "`SESSION_SILENCE`" + `). A silenced error stops no start. What makes no sense at all,
such as an idle timeout longer than the lifetime, is refused before the checks
run and cannot be silenced.

This page is made from the rules in ` + "`core/check`" + ` and their tests:
` + "`go test ./core/check -run Docs -update`" + `

`

// renderDocs makes the page of all rules, each with what its first example
// shows.
func renderDocs() []byte {
	var page bytes.Buffer
	page.WriteString(docsHead)
	page.WriteString("| id | severity | what |\n| --- | --- | --- |\n")
	for _, r := range check.Rules() {
		fmt.Fprintf(&page, "| [%s](#%s) | %s | %s |\n", r.ID, r.ID, severity(r), r.Title)
	}
	for _, r := range check.Rules() {
		shown := firstFinding(r.ID)
		fmt.Fprintf(&page, "\n## %s\n\n**%s**: %s.\n\n%s\n\n", r.ID, severity(r), r.Title, r.Description)
		fmt.Fprintf(&page, "*See it:* %s\n\n*For example:*\n\n```text\n%s\n```\n\n*Fix:*\n\n```text\n%s\n```\n", r.HowToSee, shown.Message, shown.Fix)
	}
	return page.Bytes()
}

func severity(r check.Rule) string {
	switch {
	case r.OutsideProduction != "":
		return fmt.Sprintf("%s in production, else %s", r.Severity, r.OutsideProduction)
	case r.WhenGrave != "":
		return fmt.Sprintf("%s, %s when sessions break by it", r.Severity, r.WhenGrave)
	case r.WhenRare != "":
		return fmt.Sprintf("%s, %s when it is rare", r.Severity, r.WhenRare)
	}
	return string(r.Severity)
}

// firstFinding is what the first example of the rule shows.
func firstFinding(id string) check.Finding {
	for _, e := range examples() {
		if !e.found || e.id != id {
			continue
		}
		for _, finding := range check.Run(e.facts()) {
			if finding.ID == id {
				return finding
			}
		}
	}
	return check.Finding{}
}

// The page in docs says what the rules say.
func TestDocs(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "docs", "checks.md")
	want := renderDocs()
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if _, statErr := os.Stat(filepath.Dir(path)); errors.Is(statErr, fs.ErrNotExist) {
		t.Skip("the module is here alone, without the project's docs")
	}
	if err != nil {
		t.Fatal(err)
	}
	got = bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n"))
	if !bytes.Equal(got, want) {
		t.Error("docs/checks.md is not what the rules say; run: go test ./core/check -run Docs -update")
	}
}
