package debug

import (
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/event"
)

// activity is a figure of what sessions have done, as the pages show it.
type activity struct {
	Name string
	of   func(worker.Activity) uint64
}

// Of reads the figure from an Activity or a pointer to one.
func (a activity) Of(v any) uint64 {
	if p, ok := v.(*worker.Activity); ok {
		return a.of(*p)
	}
	return a.of(v.(worker.Activity))
}

func eventCount(kind event.Kind) func(worker.Activity) uint64 {
	return func(a worker.Activity) uint64 { return a.Events[string(kind)] }
}

var activities = []activity{
	{"loaded", eventCount(event.Loaded)},
	{"created", eventCount(event.Created)},
	{"requests saved", func(a worker.Activity) uint64 { return a.Requests }},
	{"conflicts", func(a worker.Activity) uint64 { return a.Conflicts }},
	{"given up", eventCount(event.Contended)},
	{"logged in", eventCount(event.LoggedIn)},
	{"logged out", eventCount(event.LoggedOut)},
	{"ended", eventCount(event.Ended)},
	{"gone", eventCount(event.Gone)},
	{"rejected", func(a worker.Activity) (n uint64) {
		for _, count := range a.Rejected {
			n += count
		}
		return n
	}},
	{"store failures", func(a worker.Activity) uint64 { return a.Failures }},
}
