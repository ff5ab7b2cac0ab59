package worker

import (
	"maps"
	"math"
)

// Activity is what a worker's sessions have done since it started. What is 0 is left
// out.
type Activity struct {
	Events    map[string]uint64 `json:"events,omitempty"`    // by kind, see package event
	Rejected  map[string]uint64 `json:"rejected,omitempty"`  // requests without a session, by reason, those without a cookie left out
	Requests  uint64            `json:"requests,omitempty"`  // whose changes were stored
	Conflicts uint64            `json:"conflicts,omitempty"` // of saves
	Failures  uint64            `json:"failures,omitempty"`  // of calls of the store

	Rates *Rates `json:"rates,omitempty"` // nil where they are not kept: it takes debug endpoints
}

// Rates are what sessions do now: per second, over the last minute.
type Rates struct {
	Loaded    float64 `json:"loaded"`    // requests whose cookie led to their session
	Saved     float64 `json:"saved"`     // requests whose changes were stored
	Conflicts float64 `json:"conflicts"` // of saves
	Rejected  float64 `json:"rejected"`  // requests whose cookie led to none

	// P99 is how long 99 of 100 calls of the store took at most, in seconds, and 0
	// when there were none; of several workers it is the slowest one's.
	P99 float64 `json:"p99"`
}

// Sum adds up what several workers have done; nil ones have said nothing.
func Sum(all ...*Activity) Activity {
	sum := Activity{Events: map[string]uint64{}, Rejected: map[string]uint64{}}
	for _, a := range all {
		if a == nil {
			continue
		}
		for kind, n := range maps.All(a.Events) {
			sum.Events[kind] += n
		}
		for reason, n := range maps.All(a.Rejected) {
			sum.Rejected[reason] += n
		}
		sum.Requests += a.Requests
		sum.Conflicts += a.Conflicts
		sum.Failures += a.Failures
		if a.Rates != nil {
			sum.Rates = a.Rates.plus(sum.Rates)
		}
	}
	return sum
}

// plus adds those of other workers, nil for none.
func (r Rates) plus(others *Rates) *Rates {
	if others != nil {
		r.Loaded = hundredths(r.Loaded + others.Loaded)
		r.Saved = hundredths(r.Saved + others.Saved)
		r.Conflicts = hundredths(r.Conflicts + others.Conflicts)
		r.Rejected = hundredths(r.Rejected + others.Rejected)
		r.P99 = max(r.P99, others.P99)
	}
	return &r
}

func hundredths(v float64) float64 { return math.Round(100*v) / 100 }
