package debug

import (
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/session"
)

// metric is a name and how its series are read. One that puts none is left
// out.
type metric struct {
	name string
	read func(*scrape, put)
}

// put adds a series, with its labels in pairs.
type put func(value float64, labels ...string)

// scrape is what the metrics are read from.
type scrape struct {
	sessions *session.Manager
	facts    check.Facts
	findings []check.Finding
	workers  WorkersReport
	age      time.Duration // of what the store said
}

// metricTable is all metrics. What ends in _total only grows.
var metricTable = []metric{
	{"sessionkit_build_info", func(s *scrape, put put) {
		self := s.facts.Self
		put(1, "version", self.Version, "goversion", runtime.Version(),
			"framework", self.Framework, "mode", self.Mode, "store", s.facts.Store.Kind)
	}},
	{"sessionkit_worker_start_time_seconds", func(s *scrape, put put) {
		put(float64(s.facts.Self.Started.UnixMilli()) / 1000)
	}},
	{"sessionkit_requests_without_session_total", func(s *scrape, put put) {
		for reason, n := range s.sessions.Diagnostics().Rejections() {
			put(float64(n), "reason", string(reason))
		}
	}},
	{"sessionkit_sessions_migrated_total", func(s *scrape, put put) {
		taken, refused := s.sessions.Diagnostics().Migrations()
		put(float64(taken), "outcome", "taken over")
		put(float64(refused), "outcome", "had ended")
	}},
	{"sessionkit_limit_refusals_total", func(s *scrape, put put) {
		for limit, n := range s.sessions.Diagnostics().Limits() {
			put(float64(n), "limit", limit)
		}
	}},
	{"sessionkit_store_errors_total", func(s *scrape, put put) {
		for operation, n := range s.sessions.Diagnostics().StoreErrors() {
			put(float64(n), "operation", operation)
		}
	}},
	{"sessionkit_finding", func(s *scrape, put put) {
		for _, finding := range s.findings {
			put(1, "id", finding.ID, "severity", string(finding.Severity))
		}
	}},
	{"sessionkit_findings", func(s *scrape, put put) {
		count := map[check.Severity]int{check.Error: 0, check.Warning: 0, check.Info: 0}
		for _, finding := range s.findings {
			count[finding.Severity]++
		}
		for severity, n := range count {
			put(float64(n), "severity", string(severity))
		}
	}},
	{"sessionkit_store_up", func(s *scrape, put put) {
		if s.facts.Store.Err != nil {
			put(0)
			return
		}
		put(1)
	}},
	{"sessionkit_store_latency_seconds", func(s *scrape, put put) {
		if s.facts.Store.Err == nil {
			put(s.facts.Store.Latency.Seconds())
		}
	}},
	{"sessionkit_report_age_seconds", func(s *scrape, put put) { put(s.age.Seconds()) }},
	{"sessionkit_store_sessions", func(s *scrape, put put) {
		all, known := s.number("sessions")
		nobodys, _ := s.number("anonymous_sessions")
		if known {
			put(all-nobodys, "logged_in", "yes")
			put(nobodys, "logged_in", "no")
		}
	}},
	{"sessionkit_store_bytes", ofStore("bytes", "used_memory")},
	{"sessionkit_store_limit_bytes", ofStore("limit_bytes", "maxmemory")},
	{"sessionkit_workers", ofWorkers(func(w WorkersSummary) int { return w.Count })},
	{"sessionkit_workers_differing", ofWorkers(func(w WorkersSummary) int { return w.Differing })},
	{"sessionkit_workers_signing_keys", ofWorkers(func(w WorkersSummary) int { return w.SigningKeys })},
	{"sessionkit_worker_clock_skew_seconds", func(s *scrape, put put) {
		if s.workers.Error == "" {
			put(s.sessions.Diagnostics().Worker().Skew.Seconds())
		}
	}},
}

// number is what the store says of itself.
func (s *scrape) number(fact string) (n float64, known bool) {
	n, err := strconv.ParseFloat(s.facts.Store.Facts[fact], 64)
	return n, err == nil
}

// ofStore reads a fact of the memory store or, by the other name, of Redis, to
// which a limit of 0 is none.
func ofStore(memory, redis string) func(*scrape, put) {
	return func(s *scrape, put put) {
		for _, fact := range []string{memory, redis} {
			if n, known := s.number(fact); known && (n > 0 || fact != "maxmemory") {
				put(n)
				return
			}
		}
	}
}

// ofWorkers leaves the metric out while nothing is known of the others.
func ofWorkers(count func(WorkersSummary) int) func(*scrape, put) {
	return func(s *scrape, put put) {
		if s.workers.Error == "" {
			put(float64(count(s.workers.Summary)))
		}
	}
}

// serveMetrics gathers everything when it is asked, into a set of its own: a
// request to the app pays nothing for it, and the app's own metrics are left
// alone.
func (h *handler) serveMetrics(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := h.bounded(r.Context())
	defer cancel()
	seen := h.look(ctx)
	s := &scrape{h.sessions, seen.facts, h.findings(seen.facts), h.workersReport(seen), seen.age}
	set := metrics.NewSet()
	for _, m := range metricTable {
		m.read(s, func(value float64, labels ...string) {
			if name := series(m.name, labels...); strings.HasSuffix(m.name, "_total") {
				set.GetOrCreateCounter(name).Set(uint64(value))
			} else {
				set.GetOrCreateGauge(name, nil).Set(value)
			}
		})
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	set.WritePrometheus(w)
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
