// Package worker is about the processes that share sessions: who runs, on
// which key and which store. Each worker announces itself in the shared store
// every few seconds, and withdraws when it stops; one that was killed ages out.
//
//	registry, ok := sessions.Store().(driver.Registry)
//	list, err := worker.List(ctx, registry)
//	for _, w := range list {
//		log.Print(w.Host, w.PID, w.Started, w.Keys)
//	}
//
// [Peers] leaves out those that serve nothing, such as the parent of Fiber's
// prefork.
package worker
