package doctor

import (
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/report"
)

// workersMissing says whether all workers were tried that there should be.
func (t *trial) workersMissing(r *report.Report) {
	few := len(t.workers) < t.minWorkers
	switch {
	case t.refusedBy > 0 && len(r.Problems) == 0:
		r.Untry(report.Problem{ID: "debug-differs", Docs: page + "debug-differs",
			Message: fmt.Sprintf("%d of %d requests for reports were refused: not every worker has the debug endpoints on, or not with the same token", t.refusedBy, t.asked),
			Fix:     "start every worker with --debug-endpoints (DEBUG_ENDPOINTS=true) and the same --debug-token (DEBUG_TOKEN)"})
	case few && t.known >= t.minWorkers && len(r.Problems) == 0:
		r.Untry(report.Problem{ID: "few-workers", Docs: page + "few-workers",
			Message: fmt.Sprintf("%s answered, and the store knows of %d: a proxy that sends a visitor to one worker hides the others, or this address is one worker's own", times(len(t.workers), "worker", "workers"), t.known),
			Fix:     fmt.Sprintf("turn the stickiness off (ip_hash, sticky cookies), say --requests with a larger number, or --min-workers %d", len(t.workers))})
	case few:
		r.Add(check.Info, report.Problem{ID: "few-workers", Docs: page + "few-workers",
			Message: fmt.Sprintf("%s answered: with so few this shows little of what happens between workers", times(len(t.workers), "worker", "workers")),
			Fix:     fmt.Sprintf("start more, or say --min-workers %d if that is how it is meant", len(t.workers))})
	}
}

// told says what the workers have found themselves, and how far their clocks are
// apart.
func (t *trial) told(r *report.Report) {
	if !t.skip("findings") {
		by := map[check.Severity]int{}
		for _, f := range t.findings() {
			by[f.Severity]++
		}
		result := report.StepOK
		if by[check.Error] > 0 {
			result = report.StepProblem
		} else if by[check.Warning] > 0 {
			result = report.StepWarning
		}
		r.Step("app", "findings", result, fmt.Sprintf("the workers find %s, %s and %s themselves",
			times(by[check.Error], "error", "errors"), times(by[check.Warning], "warning", "warnings"), times(by[check.Info], "note", "notes")))
	}
	if t.skip("clock") {
		return
	}
	if c := clocks(t.evidence); c != nil {
		r.Step("clock", "clock", report.StepProblem, c.Message)
	} else {
		r.Step("clock", "clock", report.StepOK, "the workers' clocks agree with each other and with this machine's")
	}
}

func (t *trial) latency(r *report.Report) {
	if t.skip("latency") {
		return
	}
	slowest, store := r.Workers[0], r.Workers[0]
	for _, w := range r.Workers {
		if w.LatencyMS > slowest.LatencyMS {
			slowest = w
		}
		if w.StoreLatencyMS > store.StoreLatencyMS {
			store = w
		}
	}
	r.Step("latency", "latency", report.StepOK, fmt.Sprintf("slowest worker: pid %d answers in %.1f ms; slowest way to the store: %.2f ms, from pid %d",
		slowest.PID, slowest.LatencyMS, store.StoreLatencyMS, store.PID))
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(10*time.Microsecond)) / float64(time.Millisecond)
}

func (t *trial) well(r *report.Report) string {
	text := fmt.Sprintf("sessions hold on %s of %s", times(len(t.workers), "worker", "workers"), t.base)
	if n := len(r.Warnings); n > 0 {
		text += ", with " + times(n, "warning", "warnings")
	}
	return text
}
