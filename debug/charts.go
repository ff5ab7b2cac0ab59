package debug

import (
	"cmp"
	"slices"
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

// overviewPage is the overview and what its page alone has: the figures of the charts
// are in the metrics, for programs.
type overviewPage struct {
	Overview
	Charts charts `json:"-"`
}

// charts are the last minutes of this worker, and what all workers told last.
type charts struct {
	Worker  string // id
	PID     int
	Minutes int
	Telling int // of the workers that were counted
	Of      int
	Charts  []chart
}

// chart is a figure over time, as a line or several.
type chart struct {
	ID    string // of its elements on the page
	Name  string
	About string
	Most  string // what the upper edge stands for
	Lines []line
	All   string // of all workers, "" where none tells
}

type line struct {
	Name string
	Path string // of the SVG, in a box of chartWidth by chartHeight
	Now  string // over the last minute
	Peak string // of one step
}

// quantity is what a chart is about: of two moments, in units of its own.
type quantity func(from, to diagnose.Moment) (value float64, ok bool)

func perSecond(of func(diagnose.Moment) uint64) quantity {
	return func(from, to diagnose.Moment) (float64, bool) {
		return float64(of(to)-of(from)) / to.At.Sub(from.At).Seconds(), true
	}
}

func quantile(q float64, of func(diagnose.Moment) diagnose.Histogram) quantity {
	return func(from, to diagnose.Moment) (float64, bool) {
		h := of(to).Since(of(from))
		return h.Quantile(q), h.Count > 0
	}
}

func (h *handler) charts(workers WorkersReport) charts {
	self := h.sessions.Diagnostics().Worker()
	c := charts{Worker: self.ID, PID: self.PID, Minutes: int(diagnose.HistoryLength / time.Minute), Of: len(workers.Workers)}
	for _, w := range workers.Workers {
		if workers.Error == "" && w.Activity != nil && w.Activity.Rates != nil {
			c.Telling++
		}
	}
	d := drawing{moments: h.sessions.Diagnostics().History()}
	if d.isEmpty() {
		return c
	}
	all := func(of func(*worker.Rates) string) string {
		if c.Telling == 0 {
			return ""
		}
		return of(workers.Activity.Rates)
	}
	calls := func(at diagnose.Moment) diagnose.Histogram { return at.Calls }
	waits := func(at diagnose.Moment) diagnose.Histogram { return at.Waits }
	c.Charts = []chart{
		d.chart("loaded", "Requests with a session", "whose cookie led to one", rate, all(func(r *worker.Rates) string { return rate(r.Loaded) }),
			named{"this worker", perSecond(func(at diagnose.Moment) uint64 { return at.Loaded })}),
		d.chart("saved", "Saves", "requests whose changes were stored", rate, all(func(r *worker.Rates) string { return rate(r.Saved) }),
			named{"this worker", perSecond(func(at diagnose.Moment) uint64 { return at.Saved })}),
		d.chart("conflicts", "Conflicts", "saves tried again, as another was faster", rate, all(func(r *worker.Rates) string { return rate(r.Conflicts) }),
			named{"this worker", perSecond(func(at diagnose.Moment) uint64 { return at.Conflicts })}),
		d.chart("rejected", "Rejected", "requests whose cookie led to no session, by reason", rate, all(func(r *worker.Rates) string { return rate(r.Rejected) }),
			d.reasons()...),
		d.chart("latency", "Store latency", "of each call: half, and 99 of 100, took no longer", inMilliseconds, all(func(r *worker.Rates) string {
			if r.P99 == 0 {
				return "no calls"
			}
			return "p99 " + inMilliseconds(r.P99) + " on the slowest"
		}), named{"p50", quantile(0.5, calls)}, named{"p99", quantile(0.99, calls)}),
		d.chart("waits", "Wait for the session", "of each request, before its answer", inMilliseconds, "",
			named{"p50", quantile(0.5, waits)}, named{"p99", quantile(0.99, waits)}),
	}
	return c
}

type named struct {
	name string
	of   quantity
}

// maxReasons is how many reasons have a line of their own.
const maxReasons = 3

// reasons are those that requests were rejected for, the most frequent first.
func (d drawing) reasons() (lines []named) {
	first, last := d.moments[0], d.moments[len(d.moments)-1]
	type count struct {
		reason diagnose.Reason
		n      uint64
	}
	var seen []count
	for _, reason := range diagnose.Reasons() {
		if n := last.Rejected[reason.Rank()] - first.Rejected[reason.Rank()]; n > 0 {
			seen = append(seen, count{reason, n})
		}
	}
	slices.SortStableFunc(seen, func(a, b count) int { return cmp.Compare(b.n, a.n) })
	of := func(some []count) quantity {
		return perSecond(func(at diagnose.Moment) (n uint64) {
			for _, c := range some {
				n += at.Rejected[c.reason.Rank()]
			}
			return n
		})
	}
	for i, c := range seen {
		if i == maxReasons {
			return append(lines, named{"other reasons", of(seen[i:])})
		}
		lines = append(lines, named{string(c.reason), of(seen[i : i+1])})
	}
	if lines == nil {
		return []named{{"this worker", of(nil)}}
	}
	return lines
}
