package worker

import "maps"

// Activity is what a worker's sessions have done since it started. What is 0 is left
// out.
type Activity struct {
	Events    map[string]uint64 `json:"events,omitempty"`    // by kind, see package event
	Rejected  map[string]uint64 `json:"rejected,omitempty"`  // requests without a session, by reason, those without a cookie left out
	Requests  uint64            `json:"requests,omitempty"`  // whose changes were stored
	Conflicts uint64            `json:"conflicts,omitempty"` // of saves
	Failures  uint64            `json:"failures,omitempty"`  // of calls of the store
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
	}
	return sum
}
