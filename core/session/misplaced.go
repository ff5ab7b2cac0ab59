package session

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"weak"
)

// managers are those of this process that have not been closed. A request that
// asks for its session outside of every middleware carries none of them, so
// what it shows of the set-up can only be told to all.
var managers struct {
	sync.Mutex
	list []weak.Pointer[Manager]
}

// enroll has the manager hear of misplaced requests until discharge.
func (m *Manager) enroll() {
	managers.Lock()
	defer managers.Unlock()
	managers.list = slices.DeleteFunc(managers.list, func(p weak.Pointer[Manager]) bool { return p.Value() == nil })
	managers.list = append(managers.list, weak.Make(m))
}

func (m *Manager) discharge() {
	managers.Lock()
	defer managers.Unlock()
	managers.list = slices.DeleteFunc(managers.list, func(p weak.Pointer[Manager]) bool {
		other := p.Value()
		return other == m || other == nil
	})
}

// BeforeRoute is where a middleware asked that ran before the router.
const BeforeRoute = "a middleware that runs before a route is chosen"

// Misplaced notes that a handler or a middleware asked for the session with a
// context that has none: an error of the app's set-up. Where the session
// middleware has run for the request ([Exchange.Run]) its context was replaced,
// and that is the finding context-replaced of every manager in this process;
// elsewhere it is middleware-order. Adapters call it where they answer
// ErrNoMiddleware. where is the route, such as "GET /private/{id}": the pattern
// and not the path, which may hold what is nobody's business; [BeforeRoute] where
// none was chosen yet.
func Misplaced(where string) {
	inside := inRun()
	managers.Lock()
	list := slices.Clone(managers.list)
	managers.Unlock()
	told := false
	for _, p := range list {
		m := p.Value()
		switch {
		case m == nil:
			continue
		case inside:
			m.observePlace("context-replaced", &m.seen.replaced, where)
		default:
			m.ObserveDisorder(where)
		}
		told = true
	}
	if !told {
		slog.Error("session: asked for, and there is no open session manager in this process", "route", where,
			"fix", "make one with session.NewManager and hand it to Install of httpsession, chisession, echosession or fibersession")
	}
}

// Run calls next, which is all that happens inside the session middleware. It
// is for adapters: a request that loses its context on the way has nothing on it
// that says so, but Run is among the callers of whoever asks then.
//
//go:noinline
func (x *Exchange) Run(next func()) { next() }

// inRun reports whether Run is among the callers.
func inRun() bool {
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
			if strings.HasSuffix(f.Function, "/session.(*Exchange).Run") {
				return true
			}
		}
	}
}

// Fault notes an error that an adapter answers with 500, so that the log has
// the cause which the answer keeps to itself. where is that of [Misplaced].
func Fault(ctx context.Context, where string, err error) {
	if errors.Is(err, ErrNoMiddleware) {
		Misplaced(where)
		return
	}
	log := slog.Default()
	if x, ok := ctx.Value(ContextKey).(*Exchange); ok {
		log = x.manager.log
	}
	log.LogAttrs(ctx, slog.LevelError, "session: answered with 500", slog.String("route", where), slog.Any("error", err))
}
