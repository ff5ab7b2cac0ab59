//go:build unix

package tests

import (
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/tests/internal/docs"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// shellNote is what the comment before a shell block says of how it is run. The lines
// of a comment are
//
//	not run: why it is not
//	not run, make test: why the lines that begin with "make test" are not
//	run before: what the reader has done already, on this line and the next ones
//	exit status: 1
//	says: what is in the output
type shellNote struct {
	notRun  string
	leave   string // what the lines begin with that are not run
	before  string
	status  int
	says    string
	unknown string // a line that is none of these
}

func parseNote(note string) (n shellNote) {
	last := ""
	for line := range strings.Lines(note) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if left, found := strings.CutPrefix(key, "not run, "); found {
			key, n.leave = "not run, ", left
		}
		switch key {
		case "not run":
			n.notRun = value
		case "not run, ":
		case "run before":
			n.before = value + "\n"
		case "exit status":
			n.status, _ = strconv.Atoi(value)
		case "says":
			n.says = value
		default:
			switch last {
			case "run before":
				n.before, key = n.before+line, last
			case "not run":
				key = last
			default:
				n.unknown = line
			}
		}
		last = key
	}
	return n
}

// shellBlocks are those of all documents, by document, but for the pages for getting
// started: see TestStranger.
func shellBlocks(t *testing.T) map[string][]docs.Block {
	t.Helper()
	files, err := docs.Files("..")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]docs.Block{}
	for _, file := range files {
		blocks, err := docs.Blocks("..", file)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range blocks {
			if b.ForShell() && !strings.HasPrefix(file, "docs/getting-started/") {
				all[file] = append(all[file], b)
			}
		}
	}
	return all
}

// neverRun is what a test must not do to the machine, or cannot.
var neverRun = regexp.MustCompile(`(?m)^[^#\n]*\b(make|sudo|apt|apt-get|systemctl|useradd|git push|docker|kubectl|brew|rm -rf|/etc/|/var/|/usr/)\b`)

// Each shell block in the docs can be run by TestShellInDocs, or says why it is not.
func TestShellNotesInDocs(t *testing.T) {
	t.Parallel()
	run := 0
	for file, blocks := range shellBlocks(t) {
		for _, b := range blocks {
			switch note := parseNote(b.Note); {
			case note.unknown != "":
				t.Errorf("%s:%d: the comment says %q, which nobody understands", file, b.Line, note.unknown)
			case note.notRun == "" && neverRun.MatchString(note.of(b.Text)):
				t.Errorf("%s:%d: what a test cannot run has a comment before it: <!-- not run: why -->", file, b.Line)
			case note.notRun == "":
				run++
			case len(strings.Fields(note.notRun)) < 3:
				t.Errorf("%s:%d: %q is no reason", file, b.Line, note.notRun)
			}
		}
	}
	if run < 15 {
		t.Errorf("%d blocks are run", run)
	}
}

// of is what is run of a block.
func (n shellNote) of(text string) (rest string) {
	for line := range strings.Lines(text) {
		if n.leave == "" || !strings.HasPrefix(line, n.leave) {
			rest += line
		}
	}
	return rest
}

// The shell blocks of each page do what the page says, one after the other in one
// terminal. An example app that is started goes on in another one, as it does for
// readers, until the next has its port.
func TestShellInDocs(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	for _, tool := range []string{"curl", "jq", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	for file, blocks := range shellBlocks(t) {
		text := shellText(blocks)
		if text == "" {
			continue
		}
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			p := newTerminal(t, strings.Contains(text, "127.0.0.1:6379"))
			for _, b := range blocks {
				note := parseNote(b.Note)
				if note.notRun != "" {
					continue
				}
				if note.before != "" {
					p.run(note.before, 0)
				}
				if out := p.run(note.of(b.Text), note.status); !strings.Contains(out, note.says) {
					t.Errorf("%s:%d: it does not say %q:\n%s%s", file, b.Line, note.says, out, p.shell.Log())
				}
			}
		})
	}
}

func shellText(blocks []docs.Block) (text string) {
	for _, b := range blocks {
		if note := parseNote(b.Note); note.notRun == "" {
			text += note.before + b.Text
		}
	}
	return text
}

// The comments before blocks are understood.
func TestShellNotes(t *testing.T) {
	t.Parallel()
	for note, want := range map[string]shellNote{
		"":                                   {},
		"not run: nobody has\nsuch a thing":  {notRun: "nobody has"},
		"not run, make test: it runs this":   {leave: "make test"},
		"run before: a\nb\nsays: c: d":       {before: "a\nb\n", says: "c: d"},
		"exit status: 1\nsays: broken":       {status: 1, says: "broken"},
		"TODO":                               {unknown: "TODO"},
		"says: a\nand something about a cat": {says: "a", unknown: "and something about a cat"},
	} {
		if got := parseNote(note); got != want {
			t.Errorf("%q is %+v", note, got)
		}
	}
	if rest := (shellNote{leave: "make test"}).of("a\nmake test\nb\n"); rest != "a\nb\n" {
		t.Errorf("%q is run", rest)
	}
}
