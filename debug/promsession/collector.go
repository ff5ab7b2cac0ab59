package promsession

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
)

// collector gathers when it is asked: between two scrapes requests add to counters,
// and nothing else is done.
type collector struct {
	metrics *debug.Metrics
	descs   map[string]*prometheus.Desc
}

// NewCollector returns the metrics of a manager. What happens to sessions, those of all
// names that share its store, is counted from here on, so make it before the server
// starts. Two in one registry need a label each: [prometheus.WrapRegistererWith]. A
// scrape asks the store, for --session-timeout at most, whether the debug endpoints
// are on or not.
func NewCollector(sessions *session.Manager, opts ...debug.Option) prometheus.Collector {
	c := &collector{debug.NewMetrics(sessions, opts...), map[string]*prometheus.Desc{}}
	for _, f := range c.metrics.Describe() {
		c.descs[f.Name] = prometheus.NewDesc(f.Name, f.Help, f.Labels, nil)
	}
	return c
}

// Describe implements [prometheus.Collector].
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range c.descs {
		out <- desc
	}
}

var types = map[string]prometheus.ValueType{"counter": prometheus.CounterValue, "gauge": prometheus.GaugeValue}

// Collect implements [prometheus.Collector].
func (c *collector) Collect(out chan<- prometheus.Metric) {
	for _, f := range c.metrics.Gather(context.Background()) {
		desc := c.descs[f.Name]
		for _, s := range f.Samples {
			var m prometheus.Metric
			var err error
			if f.Type == "histogram" {
				m, err = prometheus.NewConstHistogram(desc, s.Histogram.Count, s.Histogram.Sum, buckets(s.Histogram), s.Labels...)
			} else {
				m, err = prometheus.NewConstMetric(desc, types[f.Type], s.Value, s.Labels...)
			}
			if err != nil {
				m = prometheus.NewInvalidMetric(desc, err)
			}
			out <- m
		}
	}
}

func buckets(h diagnose.Histogram) map[float64]uint64 {
	all := make(map[float64]uint64, len(h.Buckets))
	for i, n := range h.Buckets {
		all[diagnose.Buckets[i]] = n
	}
	return all
}
