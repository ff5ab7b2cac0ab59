package debug

import (
	"net/http"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

// ConfigReport answers GET /debug/config: what is wrong, what is set and
// where it came from, and the cookies that were refused since the start.
type ConfigReport struct {
	Worker     Worker               `json:"worker"`
	Findings   []check.Finding      `json:"findings"`    // the worst first; [] when nothing is wrong
	Rejections map[string]Rejection `json:"rejections"`  // by reason
	Settings   []config.Setting     `json:"settings"`    // all of them; secrets as "[set]"
	AgeSeconds float64              `json:"age_seconds"` // of what the store said, on which findings rest; see StoreReport
}

// Rejection counts the requests that asked for their session and had none,
// for one reason, since this worker started.
type Rejection struct {
	Count   uint64 `json:"count"`
	Meaning string `json:"meaning"`
	Fix     string `json:"fix"`
}

func (h *handler) serveConfig(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := h.bounded(r.Context())
	defer cancel()
	h.answer(w, r, http.StatusOK, "config", h.configReport(h.look(ctx)))
}

func (h *handler) configReport(s survey) ConfigReport {
	report := ConfigReport{
		Worker:     describeWorker(s.facts.Self),
		Findings:   s.findings,
		AgeSeconds: seconds(s.age),
		Rejections: map[string]Rejection{},
		Settings:   h.sessions.Config().Settings(),
	}
	for reason, n := range h.sessions.Diagnostics().Rejections() {
		meaning, fix := h.sessions.Diagnostics().Explain(reason)
		report.Rejections[string(reason)] = Rejection{n, meaning, fix}
	}
	return report
}
