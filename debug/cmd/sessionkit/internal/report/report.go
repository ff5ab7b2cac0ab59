// Package report is what a command has found, as text and as JSON.
package report

import (
	"cmp"
	"slices"

	"github.com/gosessionkit/sessionkit/core/check"
)

// Version is that of the JSON. It grows when a field changes its meaning or
// goes; new fields do not change it.
const Version = 1

// Verdict says in a word how it went.
type Verdict string

// The verdicts.
const (
	OK      Verdict = "ok"
	Broken  Verdict = "broken"
	Untried Verdict = "untried" // it could not be tried, for the reason in Summary
)

// The exit statuses of every command.
const (
	ExitOK       = 0
	ExitFindings = 1
	ExitUntried  = 2
	ExitUsage    = 64 // EX_USAGE of sysexits.h
)

// Report is what a command has found.
type Report struct {
	Version  int       `json:"version"` // see the constant
	Command  string    `json:"command"` // "doctor" or "check"
	URL      string    `json:"url,omitempty"`
	Verdict  Verdict   `json:"verdict"`
	Summary  string    `json:"summary"`  // the verdict in a sentence
	Problems []Problem `json:"problems"` // what loses sessions or gives them away, the gravest first
	Warnings []Problem `json:"warnings"` // what may, under load, at a restart or in production
	Notes    []Problem `json:"notes"`    // worth knowing
	Steps    []Step    `json:"steps"`    // what was looked at, in this order
	Workers  []Worker  `json:"workers,omitempty"`
}

// Problem is one cause, with everything that comes from it.
type Problem struct {
	ID      string   `json:"id"`      // stable
	Message string   `json:"message"` // what is wrong, here and now
	Fix     string   `json:"fix"`     // a command or a setting to paste
	Docs    string   `json:"docs"`    // where it is described
	Seen    []string `json:"seen"`    // what shows it
}

// Result is how a step went.
type Result string

// The results of steps.
const (
	StepOK      Result = "ok"
	StepProblem Result = "problem"
	StepWarning Result = "warning"
	StepNote    Result = "note"
	StepSkipped Result = "skipped"
)

// Step is one thing that was looked at.
type Step struct {
	Group  string `json:"group"` // "key", "store", "cookie" ...
	ID     string `json:"id"`
	Result Result `json:"result"`
	Text   string `json:"text"`
}

// Worker is one that answered.
type Worker struct {
	ID             string  `json:"id"`
	PID            int     `json:"pid"`
	Host           string  `json:"host"`
	Framework      string  `json:"framework"`
	Answers        int     `json:"answers"`          // how many
	LatencyMS      float64 `json:"latency_ms"`       // of an answer in the median
	StoreLatencyMS float64 `json:"store_latency_ms"` // of a round trip from there to its store
}

// New begins a report.
func New(command string) *Report {
	return &Report{Version: Version, Command: command, Verdict: OK,
		Problems: []Problem{}, Warnings: []Problem{}, Notes: []Problem{}, Steps: []Step{}}
}

// Step adds one.
func (r *Report) Step(group, id string, result Result, text string) {
	r.Steps = append(r.Steps, Step{group, id, result, text})
}

// Add puts a problem where its severity belongs.
func (r *Report) Add(severity check.Severity, p Problem) {
	if p.Seen == nil {
		p.Seen = []string{}
	}
	switch severity {
	case check.Error:
		r.Problems = append(r.Problems, p)
	case check.Warning:
		r.Warnings = append(r.Warnings, p)
	default:
		r.Notes = append(r.Notes, p)
	}
}

// Untry ends the report: it could not be tried.
func (r *Report) Untry(p Problem) {
	r.Verdict, r.Summary = Untried, p.Message
	r.Add(check.Error, p)
}

// Conclude makes the verdict of what was found. well is what to say when
// nothing is wrong.
func (r *Report) Conclude(well string) {
	switch {
	case r.Verdict == Untried:
	case len(r.Problems) > 0:
		r.Verdict, r.Summary = Broken, r.Problems[0].Message
	default:
		r.Verdict, r.Summary = OK, well
	}
}

// Exit is the exit status. failOn is the mildest severity that counts.
func (r *Report) Exit(failOn check.Severity) int {
	switch {
	case r.Verdict == Untried:
		return ExitUntried
	case len(r.Problems) > 0, failOn == check.Warning && len(r.Warnings) > 0:
		return ExitFindings
	}
	return ExitOK
}

// Order sorts the steps by group, the groups as named, what was first in a
// group first.
func (r *Report) Order(groups ...string) {
	slices.SortStableFunc(r.Steps, func(a, b Step) int {
		return cmp.Compare(slices.Index(groups, a.Group), slices.Index(groups, b.Group))
	})
}
