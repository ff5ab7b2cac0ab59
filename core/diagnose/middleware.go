package diagnose

import (
	"context"
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// monitors are those of this process that run. A request that asks for its
// session outside of every middleware carries none of them, so what it shows of
// the set-up can only be told to all.
var monitors struct {
	sync.Mutex
	running map[*Monitor]struct{}
}

// register has the monitor hear of such requests until unregister.
func (m *Monitor) register() {
	monitors.Lock()
	defer monitors.Unlock()
	if monitors.running == nil {
		monitors.running = map[*Monitor]struct{}{}
	}
	monitors.running[m] = struct{}{}
}

// unregister takes out those that m has named, too.
func (m *Monitor) unregister() {
	monitors.Lock()
	defer monitors.Unlock()
	maps.DeleteFunc(monitors.running, func(other *Monitor, _ struct{}) bool { return other == m || other.parent == m })
}

// BeforeRoute is where a middleware asked that ran before the router.
const BeforeRoute = "a middleware that runs before a route is chosen"

// Route names the route of the request whose context ctx is, with its method, for
// routers that note it there alone; see [Monitor.SetRoute]. It is BeforeRoute for
// none.
func Route(ctx context.Context, method string) string {
	monitors.Lock()
	running := slices.Collect(maps.Keys(monitors.running))
	monitors.Unlock()
	for _, m := range running {
		if pattern, ok := m.route.Load().(func(context.Context) string); ok {
			if text := pattern(ctx); text != "" {
				return method + " " + text
			}
		}
	}
	return BeforeRoute
}

// ReportMissingMiddleware notes that a handler or a middleware asked for the
// session with a context that has none: an error of the app's set-up. Where the
// session middleware has run for the request ([Within]) its context was
// replaced, and that is the finding context-replaced of every monitor in this
// process; elsewhere it is middleware-order. where is the route, such as "GET
// /private/{id}": the pattern and not the path, which may hold what is nobody's
// business; [BeforeRoute] where none was chosen yet.
func ReportMissingMiddleware(where string) {
	inside := within()
	monitors.Lock()
	running := slices.Collect(maps.Keys(monitors.running))
	monitors.Unlock()
	for _, m := range running {
		if inside {
			m.observePlace("context-replaced", &m.seen.replaced, where)
		} else {
			m.ReportMissingMiddleware(where)
		}
	}
	if len(running) == 0 {
		slog.Error("session: asked for, and there is no open session manager in this process", "route", where,
			"fix", "make one with session.NewManager and hand it to Install of httpsession, chisession, echosession, fibersession or ginsession")
	}
}

// Within calls next, which is all that happens inside the session middleware: a
// request that loses its context on the way has nothing on it that says so, but
// Within is among the callers of whoever asks then.
//
//go:noinline
func Within(next func()) { next() }

// within reports whether Within is among the callers.
func within() bool {
	var pcs [64]uintptr
	for skip := 2; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs[:])
		if n == 0 {
			return false
		}
		frames := runtime.CallersFrames(pcs[:n])
		for more := true; more; {
			var f runtime.Frame
			f, more = frames.Next()
			if strings.HasSuffix(f.Function, "/diagnose.Within") {
				return true
			}
		}
	}
}
