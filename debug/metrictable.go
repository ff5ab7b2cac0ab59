package debug

import (
	"runtime"
	"strconv"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/diagnose"
)

// metric is a family and how its samples are read. One that puts none is left out.
type metric struct {
	Family
	read func(s *scrape, put put, spread spread)
}

// put adds a value, with the values of its labels; spread adds a distribution.
type (
	put    func(value float64, labels ...string)
	spread func(h diagnose.Histogram, labels ...string)
)

func counter(name, help string, read func(*scrape, put), labels ...string) metric {
	return metric{Family{Name: name, Help: help, Type: "counter", Labels: labels}, func(s *scrape, put put, _ spread) { read(s, put) }}
}

func gauge(name, help string, read func(*scrape, put), labels ...string) metric {
	return metric{Family{Name: name, Help: help, Type: "gauge", Labels: labels}, func(s *scrape, put put, _ spread) { read(s, put) }}
}

func distribution(name, help string, read func(*scrape, spread), labels ...string) metric {
	return metric{Family{Name: name, Help: help, Type: "histogram", Labels: labels}, func(s *scrape, _ put, spread spread) { read(s, spread) }}
}

// metricTable is all metrics. Their labels have few values, all known beforehand but
// for the ids of findings.
var metricTable = []metric{
	gauge("sessionkit_build_info", "What this worker is, in its labels.", func(s *scrape, put put) {
		self := s.facts.Self
		put(1, self.Version, runtime.Version(), self.Framework, self.Mode, s.facts.Store.Kind)
	}, "version", "goversion", "framework", "mode", "store"),
	gauge("sessionkit_worker_start_time_seconds", "When this worker has started, in seconds since 1970.", func(s *scrape, put put) {
		put(float64(s.facts.Self.Started.UnixMilli()) / 1000)
	}),
	counter("sessionkit_session_events_total", "What has happened to sessions, by kind of event.", func(s *scrape, put put) {
		for kind, n := range s.counts.Events {
			put(float64(n), string(kind))
		}
	}, "event"),
	counter("sessionkit_saved_requests_total", "How often changes of a request were stored; requests that come at once share a save.", func(s *scrape, put put) {
		put(float64(s.counts.Requests))
	}),
	counter("sessionkit_save_conflicts_total", "Saves that were tried again, as another worker had been faster.", func(s *scrape, put put) {
		put(float64(s.counts.Conflicts))
	}),
	distribution("sessionkit_request_duration_seconds", "How long a request waited for its session before it was answered: to read it, to save it, and for all else of the kit.", func(s *scrape, spread spread) {
		spread(s.counts.Waits)
	}),
	distribution("sessionkit_save_duration_seconds", "How long a save takes, with all its attempts.", func(s *scrape, spread spread) {
		spread(s.counts.Saves)
	}),
	distribution("sessionkit_store_call_duration_seconds", "How long a call of the store takes, by what it is asked.", func(s *scrape, spread spread) {
		for operation, h := range s.counts.Calls {
			spread(h, operation)
		}
	}, "operation"),
	counter("sessionkit_store_call_failures_total", "Calls of the store that it failed or refused, by what it was asked.", func(s *scrape, put put) {
		for operation, n := range s.counts.Failures {
			put(float64(n), operation)
		}
	}, "operation"),
	counter("sessionkit_requests_without_session_total", "Requests that asked for a session and had none, by reason.", func(s *scrape, put put) {
		for reason, n := range s.sessions.Diagnostics().Rejections() {
			put(float64(n), string(reason))
		}
	}, "reason"),
	counter("sessionkit_sessions_migrated_total", "Sessions taken over from another library, and requests whose old session had ended since.", func(s *scrape, put put) {
		taken, refused := s.sessions.Diagnostics().Migrations()
		put(float64(taken), "taken over")
		put(float64(refused), "had ended")
	}, "outcome"),
	counter("sessionkit_limit_refusals_total", "Requests that a limit has refused.", func(s *scrape, put put) {
		for limit, n := range s.sessions.Diagnostics().Limits() {
			put(float64(n), limit)
		}
	}, "limit"),
	counter("sessionkit_store_errors_total", "Requests that failed as the store did, by what it was asked.", func(s *scrape, put put) {
		for operation, n := range s.sessions.Diagnostics().StoreErrors() {
			put(float64(n), operation)
		}
	}, "operation"),
	gauge("sessionkit_finding", "What is wrong with the set-up: 1 for each finding.", func(s *scrape, put put) {
		for _, finding := range s.findings {
			put(1, finding.ID, string(finding.Severity))
		}
	}, "id", "severity"),
	gauge("sessionkit_findings", "How many findings there are, by severity.", func(s *scrape, put put) {
		count := map[check.Severity]int{check.Error: 0, check.Warning: 0, check.Info: 0}
		for _, finding := range s.findings {
			count[finding.Severity]++
		}
		for severity, n := range count {
			put(float64(n), string(severity))
		}
	}, "severity"),
	gauge("sessionkit_store_up", "Whether the store answers.", func(s *scrape, put put) {
		if s.facts.Store.Err != nil {
			put(0)
			return
		}
		put(1)
	}),
	gauge("sessionkit_store_latency_seconds", "How long the store took to answer a ping.", func(s *scrape, put put) {
		if s.facts.Store.Err == nil {
			put(s.facts.Store.Latency.Seconds())
		}
	}),
	gauge("sessionkit_report_age_seconds", "How old it is what the store said.", func(s *scrape, put put) { put(s.age.Seconds()) }),
	gauge("sessionkit_store_sessions", "Sessions in the memory store, by whether somebody is logged in.", func(s *scrape, put put) {
		all, known := s.number("sessions")
		nobodys, _ := s.number("anonymous_sessions")
		if known {
			put(all-nobodys, "yes")
			put(nobodys, "no")
		}
	}, "logged_in"),
	gauge("sessionkit_store_bytes", "Memory that the memory store, or Redis, uses.", ofStore("bytes", "used_memory")),
	gauge("sessionkit_store_limit_bytes", "Memory that it may use.", ofStore("limit_bytes", "maxmemory")),
	gauge("sessionkit_workers", "Workers that are alive.", ofWorkers(func(w WorkersSummary) int { return w.Count })),
	gauge("sessionkit_workers_differing", "Workers that differ from this one in what must be alike.", ofWorkers(func(w WorkersSummary) int { return w.Differing })),
	gauge("sessionkit_workers_signing_keys", "Keys that the workers sign with: 1 where all is well.", ofWorkers(func(w WorkersSummary) int { return w.SigningKeys })),
	gauge("sessionkit_worker_clock_skew_seconds", "How far this worker's clock is ahead of the store's.", func(s *scrape, put put) {
		if s.workers.Error == "" {
			put(s.sessions.Diagnostics().Worker().Skew.Seconds())
		}
	}),
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
