package debug

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"

	"github.com/VictoriaMetrics/metrics"

	"github.com/gosessionkit/sessionkit/core/check"
)

// serveMetrics gathers everything when it is asked, into a set of its own: a
// request to the app pays nothing for it, and the app's own metrics are left
// alone.
func (h *handler) serveMetrics(w http.ResponseWriter, r *http.Request) {
	facts := h.sessions.Facts(r.Context())
	set := metrics.NewSet()
	gauge := func(value float64, name string, labels ...string) {
		set.GetOrCreateGauge(series(name, labels...), nil).Set(value)
	}
	for reason, n := range h.sessions.Rejections() {
		set.GetOrCreateCounter(series("sessionkit_requests_without_session_total", "reason", string(reason))).Set(n)
	}
	h.findingMetrics(gauge, facts)
	h.workerMetrics(gauge, r)

	self := facts.Self
	gauge(1, "sessionkit_build_info", "version", self.Version, "goversion", runtime.Version(),
		"framework", self.Framework, "mode", self.Mode, "store", facts.Store.Kind)
	gauge(float64(self.Started.UnixMilli())/1000, "sessionkit_worker_start_time_seconds")
	gauge(truthValue(facts.Store.Err == nil), "sessionkit_store_up")
	if facts.Store.Err == nil {
		gauge(facts.Store.Latency.Seconds(), "sessionkit_store_latency_seconds")
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	set.WritePrometheus(w)
}

func (h *handler) findingMetrics(gauge func(float64, string, ...string), facts check.Facts) {
	count := map[check.Severity]int{check.Error: 0, check.Warning: 0, check.Info: 0}
	for _, finding := range h.findings(facts) {
		count[finding.Severity]++
		gauge(1, "sessionkit_finding", "id", finding.ID, "severity", string(finding.Severity))
	}
	for severity, n := range count {
		gauge(float64(n), "sessionkit_findings", "severity", string(severity))
	}
}

func (h *handler) workerMetrics(gauge func(float64, string, ...string), r *http.Request) {
	report := h.workersReport(r.Context())
	if report.Error != "" {
		return // of the others nothing is known
	}
	gauge(float64(report.Summary.Count), "sessionkit_workers")
	gauge(float64(report.Summary.Differing), "sessionkit_workers_differing")
	gauge(float64(report.Summary.SigningKeys), "sessionkit_workers_signing_keys")
	gauge(h.sessions.Worker().Skew.Seconds(), "sessionkit_worker_clock_skew_seconds")
}

func truthValue(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

var escapeLabel = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// series names one time series: the metric, and its labels in pairs.
func series(metric string, labels ...string) string {
	var pairs []string
	for i := 0; i+1 < len(labels); i += 2 {
		pairs = append(pairs, fmt.Sprintf(`%s="%s"`, labels[i], escapeLabel.Replace(labels[i+1])))
	}
	if len(pairs) == 0 {
		return metric
	}
	return metric + "{" + strings.Join(pairs, ",") + "}"
}
