package session

import (
	"log/slog"
	"slices"
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

// Misplaced notes that a handler or a middleware asked for the session before
// the session middleware had run, or outside of it: an error of the app's
// set-up. It becomes the finding middleware-order of every manager in this
// process. Adapters call it where they answer ErrNoMiddleware. where is the
// route, such as "GET /private/{id}": the pattern and not the path, which may hold
// what is nobody's business; [BeforeRoute] where none was chosen yet.
func Misplaced(where string) {
	managers.Lock()
	list := slices.Clone(managers.list)
	managers.Unlock()
	told := false
	for _, p := range list {
		if m := p.Value(); m != nil {
			m.ObserveDisorder(where)
			told = true
		}
	}
	if !told {
		slog.Error("session: asked for, and there is no open session manager in this process", "route", where,
			"fix", "make one with session.NewManager and hand it to Install of httpsession, chisession, echosession or fibersession")
	}
}
