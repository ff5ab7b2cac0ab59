package debug

import (
	"context"
	"net/http"
	"slices"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Family is one metric and all that was measured of it.
type Family struct {
	Name    string
	Help    string
	Type    string   // "counter", "gauge" or "histogram", as Prometheus has it
	Labels  []string // names
	Samples []Sample
}

// Sample is one value of a metric, or one distribution where it is a histogram.
type Sample struct {
	Labels    []string // values, in the order of the family's names
	Value     float64
	Histogram diagnose.Histogram
}

// Metrics measures what /debug/metrics shows, whether the debug endpoints are on or
// not: for who hands it to a library of metrics. It is safe for concurrent use.
type Metrics struct{ handler *handler }

// NewMetrics returns the metrics of a manager. What happens to sessions is counted
// from here on. There is no error and no I/O.
func NewMetrics(sessions *session.Manager, opts ...Option) *Metrics {
	h := newHandler(sessions, opts)
	return &Metrics{h}
}

// Gather measures. It asks the store, for --session-timeout at most; what was asked
// less than 3 seconds ago serves again. A metric of which nothing is known has no
// sample.
func (m *Metrics) Gather(ctx context.Context) []Family { return m.handler.gather(ctx) }

// Describe lists the metrics without asking anybody, and without samples.
func (m *Metrics) Describe() []Family {
	var all []Family
	for _, metric := range metricTable {
		f := metric.Family
		f.Labels = slices.Clone(f.Labels)
		all = append(all, f)
	}
	return all
}

// scrape is what the metrics are read from.
type scrape struct {
	survey
	sessions *session.Manager
	workers  WorkersReport
	counts   diagnose.Counts
}

// gather measures all metrics when it is asked: a request to the app pays nothing
// for it.
func (h *handler) gather(ctx context.Context) []Family {
	ctx, cancel := h.bounded(ctx)
	defer cancel()
	seen := h.look(ctx)
	s := &scrape{seen, h.sessions, h.workersReport(seen), h.sessions.Diagnostics().Counts()}
	all := make([]Family, 0, len(metricTable))
	for _, metric := range metricTable {
		f := metric.Family
		metric.read(s, func(value float64, labels ...string) {
			f.Samples = append(f.Samples, Sample{Labels: labels, Value: value})
		}, func(h diagnose.Histogram, labels ...string) {
			f.Samples = append(f.Samples, Sample{Labels: labels, Histogram: h})
		})
		slices.SortFunc(f.Samples, func(a, b Sample) int { return slices.Compare(a.Labels, b.Labels) })
		all = append(all, f)
	}
	return all
}

func (h *handler) serveMetrics(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	writeExposition(w, h.gather(r.Context()))
}
