// Package observers keeps who hears of events.
package observers

import (
	"context"
	"sync/atomic"

	"github.com/gosessionkit/sessionkit/core/event"
)

// List is who hears of events; the zero value is nobody. It is safe for
// concurrent use.
type List struct {
	all atomic.Pointer[[]event.Observer]
}

// Any reports whether there is anybody, so that nothing is made for nobody.
func (l *List) Any() bool { return l.all.Load() != nil }

// Add has o hear of all that comes.
func (l *List) Add(o event.Observer) {
	for {
		before := l.all.Load()
		var all []event.Observer
		if before != nil {
			all = append(all, *before...)
		}
		all = append(all, o)
		if l.all.CompareAndSwap(before, &all) {
			return
		}
	}
}

// Tell tells all of them, one after another.
func (l *List) Tell(ctx context.Context, e event.Event) {
	if all := l.all.Load(); all != nil {
		for _, o := range *all {
			o(ctx, e)
		}
	}
}
