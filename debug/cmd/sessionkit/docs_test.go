package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/peterbourgon/ff/v3/ffcli"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/doctor"
)

var update = flag.Bool("update", false, "write docs/cli.md anew")

const docsHead = `# The command

One command names what is wrong with the sessions of an app, and looks after
them.

<!-- run before: go run ./examples/chi --debug-endpoints
says: ok: sessions hold on 3 workers -->
` + "```sh" + `
go install ./debug/cmd/sessionkit           # in a clone
sessionkit doctor http://127.0.0.1:8080     # an app that runs, started with --debug-endpoints
sessionkit check                            # its settings and its store, before it starts
` + "```" + `

` + "```" + `
broken: workers keep their sessions in different places: --session-prefix is a: (pid 812 on web1), b: (pid 640 on web2) [store-differs]
  fix:  give every worker the same --session-prefix (SESSION_PREFIX)
  seen: the ids of the stores: 1b90e070 (pid 812 on web1), 5f09b5e8 (pid 640 on web2)
  seen: the trial's cookie was refused, foreign-store, by pid 640 on web2
  page: docs/cli.md#store-differs
` + "```" + `

The first line is the gravest cause, the second its fix; what comes from the same
cause is told below it as seen. Then come other problems, warnings, notes, and
what was looked at. Colours are for terminals, and never with NO_COLOR; progress
is told on stderr, on a terminal alone. No secret and no cookie is printed.

| exit status | |
| --- | --- |
| 0 | all is well |
| 1 | there are findings; with ` + "`--fail-on warning`" + ` warnings count too |
| 2 | it could not be tried, or done |
| 64 | it was used wrongly |

This page is made from the help texts: ` + "`go test ./debug/cmd/sessionkit -run Docs -update`" + `

`

const docsJSON = `## JSON

With ` + "`-o json`" + ` every command prints one object. ` + "`version`" + ` is 1; it grows when a
field goes or changes its meaning, and not when one is added. Of ` + "`doctor` and `check`" + `:

` + "```json" + `
{
  "version": 1,
  "command": "doctor",
  "url": "http://127.0.0.1:8080",
  "verdict": "broken",
  "summary": "workers keep their sessions in different places: ...",
  "problems": [
    {"id": "store-differs", "message": "...", "fix": "...", "docs": "docs/cli.md#store-differs", "seen": ["..."]}
  ],
  "warnings": [],
  "notes": [],
  "steps": [
    {"group": "app", "id": "reach", "result": "ok", "text": "..."}
  ],
  "workers": [
    {"id": "ee039e5a", "pid": 812, "host": "web1", "framework": "chi", "answers": 4, "latency_ms": 1.2, "store_latency_ms": 0.13}
  ]
}
` + "```" + `

| field | |
| --- | --- |
| ` + "`verdict`" + ` | ` + "`ok`, `broken`, or `untried`" + ` where it could not be tried |
| ` + "`summary`" + ` | the verdict in a sentence |
| ` + "`problems`, `warnings`, `notes`" + ` | what was found, the gravest first: ` + "`id`" + ` is stable, and ` + "`docs`" + ` says where it is described |
| ` + "`steps`" + ` | what was looked at: ` + "`result` is `ok`, `problem`, `warning`, `note` or `skipped`" + ` |
| ` + "`workers`" + ` | those that answered, of ` + "`doctor`" + ` alone |

Times are in RFC 3339, latencies in milliseconds. The commands that work on a
store print ` + "`sessions` and `more`, `session`, `ended`, `removed`, or `sessions` and `exact`" + `;
` + "`migrate` prints `found`, `moved`, `others`, `verified`, `differ` and `failed`; `keygen` prints `secret_key` and `secret_key_fallbacks`" + `.

## What the doctor finds

All that the [checks](checks.md) of every worker find, and by itself:

`

// renderDocs makes the page of all commands.
func renderDocs() []byte {
	var page bytes.Buffer
	page.WriteString(docsHead)
	var tell func(c *ffcli.Command, name string)
	tell = func(c *ffcli.Command, name string) {
		fmt.Fprintf(&page, "## %s\n\n```text\n%s\n```\n\n", name, usage(c))
		for _, sub := range c.Subcommands {
			tell(sub, name+" "+sub.Name)
		}
	}
	tell(commands(system{}, &bytes.Buffer{}), "sessionkit")
	page.WriteString(docsJSON)
	for _, id := range doctor.IDs {
		fmt.Fprintf(&page, "### %s\n\n%s\n\n", id.ID, id.About)
	}
	return append(bytes.TrimRight(page.Bytes(), "\n"), '\n')
}

func TestDocs(t *testing.T) {
	t.Parallel()
	file := filepath.Join("..", "..", "..", "docs", "cli.md")
	want := renderDocs()
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Errorf("docs/cli.md is not what the help texts say (%v); run: go test ./debug/cmd/sessionkit -run Docs -update", err)
	}
}

// Whatever the doctor names is described.
func TestIDsAreDescribed(t *testing.T) {
	t.Parallel()
	var known []string
	for _, id := range doctor.IDs {
		known = append(known, id.ID)
	}
	for _, r := range check.Rules() {
		known = append(known, r.ID)
	}
	named := regexp.MustCompile(`(?:ID: |fault\(|drop\{|problem\()"([a-z-]+)"`)
	files, _ := filepath.Glob("internal/doctor/*.go")
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			if found++; !slices.Contains(known, m[1]) {
				t.Errorf("%s: %s is described nowhere", file, m[1])
			}
		}
	}
	if found < 30 {
		t.Errorf("found %d ids in %s", found, strings.Join(files, ", "))
	}
}

// Every command teaches with an example.
func TestHelpTeaches(t *testing.T) {
	t.Parallel()
	var look func(c *ffcli.Command, name string)
	look = func(c *ffcli.Command, name string) {
		if text := usage(c); !strings.Contains(text, "\n  "+name) && !strings.Contains(text, "$("+name) {
			t.Errorf("%s has no example:\n%s", name, text)
		}
		for _, sub := range c.Subcommands {
			look(sub, name+" "+sub.Name)
		}
	}
	look(commands(system{}, &bytes.Buffer{}), "sessionkit")
}
