// Package event is what happens to sessions, for who watches: metrics, traces, an
// audit log. An [Observer] hears of each event, on the goroutine of the request
// that it happens to.
//
//	sessions, err := session.NewManager(ctx, cfg, store, session.WithObserver(
//		func(ctx context.Context, e event.Event) { count(e.Kind) }))
//
// While nobody observes, an event costs a look at a pointer: nothing is allocated
// and no clock is read.
package event
