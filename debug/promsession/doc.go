// Package promsession hands the metrics of sessions to an app's own Prometheus
// registry:
//
//	prometheus.MustRegister(promsession.NewCollector(sessions))
//
// They are those of /debug/metrics, which needs none of this; docs/metrics.md lists
// them. It is a module of its own, so that an app without Prometheus gets nothing of
// it.
package promsession
