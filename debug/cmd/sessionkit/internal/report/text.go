package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/term"
)

// Write prints the report, as JSON or for people.
func (r *Report) Write(out term.Output) error {
	if out.JSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(r)
	}
	var b strings.Builder
	r.text(&b, out)
	_, err := io.WriteString(out, b.String())
	return err
}

var verdictStyles = map[Verdict]term.Style{OK: term.Green, Broken: term.Red, Untried: term.Yellow}

func (r *Report) text(b *strings.Builder, out term.Output) {
	head := string(r.Verdict) + ": "
	if r.Verdict == Untried {
		head = "not tried: "
	}
	if len(r.Problems) > 0 {
		first := r.Problems[0]
		fmt.Fprintf(b, "%s%s [%s]\n", out.Paint(verdictStyles[r.Verdict], head), clean(first.Message), first.ID)
		first.details(b, out, "  ")
	} else {
		fmt.Fprintf(b, "%s%s\n", out.Paint(verdictStyles[r.Verdict], head), clean(r.Summary))
	}
	rest := r.Problems
	if len(rest) > 0 {
		rest = rest[1:]
	}
	list(b, out, "PROBLEM", term.Red, rest)
	list(b, out, "warning", term.Yellow, r.Warnings)
	list(b, out, "note", term.Plain, r.Notes)
	if len(r.Steps) > 0 {
		b.WriteString("\n")
	}
	styles := map[Result]term.Style{StepOK: term.Green, StepProblem: term.Red, StepWarning: term.Yellow}
	for _, s := range r.Steps {
		fmt.Fprintf(b, "%s %-9s %s\n", out.Paint(styles[s.Result], fmt.Sprintf("%-8s", s.Result)), s.Group, clean(s.Text))
	}
}

func list(b *strings.Builder, out term.Output, word string, style term.Style, problems []Problem) {
	for _, p := range problems {
		fmt.Fprintf(b, "\n%s %s [%s]\n", out.Paint(style, word+":"), clean(p.Message), p.ID)
		p.details(b, out, "  ")
	}
}

func (p Problem) details(b *strings.Builder, out term.Output, indent string) {
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(b, "%s%s %s\n", indent, out.Paint(term.Bold, fmt.Sprintf("%-5s", name+":")), clean(text))
		}
	}
	line("fix", p.Fix)
	for _, seen := range p.Seen {
		line("seen", seen)
	}
	line("page", p.Docs)
}

// clean takes out what a terminal would obey: texts come from the app.
func clean(text string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c >= 0x7f && c < 0xa0 {
			return ' '
		}
		return c
	}, text)
}
