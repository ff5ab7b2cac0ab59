package debug

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
)

// formats are what the templates write with.
var formats = template.FuncMap{
	"when":       when,
	"duration":   duration,
	"bytes":      bytesOf,
	"json":       jsonText,
	"plural":     plural,
	"severities": severities,
	"ranked":     ranked,
	"off":        off,
	"has":        slices.Contains[[]string],
	"acts":       acts,
	"headline":   headline,
	"copyable":   func(of, text string) copyable { return copyable{"fix-" + of, text} },
	"unbroken":   unbroken,
	"tail":       path.Base,
	"prose":      prose,
	"activities": func() []activity { return activities },
	"lead":       leadOf,
	"based":      func(base, title string, findings []check.Finding) based { return based{base, title, findings} },
	"words":      func(name string) string { return strings.ReplaceAll(name, "_", " ") },
	"deref":      func(p any) any { return reflect.Indirect(reflect.ValueOf(p)).Interface() },
}

// acts reports whether a page answers something that was done or searched for, which
// a refresh would do again or lose.
func acts(page string) bool {
	return slices.Contains([]string{"probe", "sessions", "ended", "problem"}, page)
}

func when(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// duration writes seconds with the two largest units that matter.
func duration(seconds int64) string {
	d := max(seconds, 0)
	switch {
	case d < 60:
		return fmt.Sprintf("%ds", d)
	case d < 3600:
		return fmt.Sprintf("%dm %ds", d/60, d%60)
	case d < 86400:
		return fmt.Sprintf("%dh %dm", d/3600, d%3600/60)
	}
	return fmt.Sprintf("%dd %dh", d/86400, d%86400/3600)
}

func bytesOf(n int64) string {
	const unit = 1024
	if n < unit {
		return strconv.FormatInt(n, 10) + " B"
	}
	value, prefix := float64(n)/unit, 0
	for value >= unit && prefix < 4 {
		value, prefix = value/unit, prefix+1
	}
	return fmt.Sprintf("%.1f %ciB", value, "KMGTP"[prefix])
}

// based are findings below a title, and what links have in front of a report's name.
type based struct {
	Base, Title string
	On          []check.Finding
}

// led is a headline in two: what happens and why, and the particulars.
type led struct{ Lead, Rest string }

// leadOf cuts a headline after its second part: "Logins flicker: 2 of 4 workers sign
// with another key than this one", and which they are.
func leadOf(headline string) led {
	parts := separator.FindAllStringIndex(headline, 2)
	if len(parts) < 2 {
		return led{Lead: headline}
	}
	return led{headline[:parts[1][0]], headline[parts[1][0]:]}
}

// copyable is a text that a button copies.
type copyable struct{ ID, Text string }

var (
	codeSpan  = regexp.MustCompile("`([^`]+)`")
	flagName  = regexp.MustCompile(`--[a-z][a-z-]*`)
	separator = regexp.MustCompile(`[:;] `)
	docLink   = regexp.MustCompile(`\[([^\]]+)\]\([^)]+\)`)
)

// prose is a text of the docs as HTML: code stays code, and links to other pages of
// the docs, which are not here, become their text.
func prose(text string) template.HTML {
	escaped := template.HTMLEscapeString(docLink.ReplaceAllString(text, "$1"))
	return template.HTML(codeSpan.ReplaceAllString(escaped, "<code>$1</code>"))
}

// unbroken keeps a flag on one line, as HTML.
func unbroken(text string) template.HTML {
	return template.HTML(flagName.ReplaceAllString(template.HTMLEscapeString(text), `<span class="nowrap">$0</span>`))
}

// jsonText shows a value as the report has it.
func jsonText(v any) (string, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSpace(text.String()), err
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// severities counts findings: "1 error, 2 warnings".
func severities(findings []check.Finding) string {
	var parts []string
	for _, severity := range []check.Severity{check.Error, check.Warning, check.Info} {
		n := 0
		for _, finding := range findings {
			if finding.Severity == severity {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, plural(n, string(severity)))
		}
	}
	return strings.Join(parts, ", ")
}

// ranked puts the worker that answers first and then those that differ: of a
// hundred they would be overlooked.
func ranked(entries []WorkerEntry) []WorkerEntry {
	rank := func(e WorkerEntry) int {
		switch {
		case e.Self:
			return 0
		case len(e.Differs) > 0:
			return 1
		}
		return 2
	}
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b WorkerEntry) int { return cmp.Compare(rank(a), rank(b)) })
	return entries
}

// off marks what differs.
func off(entry WorkerEntry, aspect string) template.HTMLAttr {
	if slices.Contains(entry.Differs, aspect) {
		return `class="off"`
	}
	return ""
}
