package debug

import (
	"net/http"

	"github.com/gosessionkit/sessionkit/core/check"
)

// ChecksReport answers GET /debug/checks: what is looked for, which docs/checks.md
// has too. A finding's own is at /debug/checks#id.
type ChecksReport struct {
	Checks []Check `json:"checks"`
}

// Check is one of them.
type Check struct {
	ID          string         `json:"id"`
	Severity    check.Severity `json:"severity"` // in production, and as a rule
	Title       string         `json:"title"`
	Description string         `json:"description"`
	HowToSee    string         `json:"how_to_see"`
	Found       bool           `json:"found"` // by this worker, now
}

func (h *handler) serveChecks(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := h.bounded(r.Context())
	defer cancel()
	found := map[string]bool{}
	for _, f := range h.look(ctx).findings {
		found[f.ID] = true
	}
	var report ChecksReport
	for _, rule := range check.Rules() {
		report.Checks = append(report.Checks, Check{rule.ID, rule.Severity, rule.Title, rule.Description, rule.HowToSee, found[rule.ID]})
	}
	h.answer(w, r, http.StatusOK, "checks", report)
}
