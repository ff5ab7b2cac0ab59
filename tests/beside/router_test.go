package beside

import (
	"net/http"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/core/adaptertest"
)

// router is a framework, and what its apps have beside the session.
type router struct {
	name   string
	beside []combination
}

// side is where a middleware is, seen from the session's.
type side int

const (
	outside side = iota
	inside
)

func (s side) String() string { return [...]string{"outside", "inside"}[s] }

// holds is the outcome where nothing is lost and nobody gets what is another's.
const holds = "holds"

// middleware is one that apps have beside the session's.
type combination struct {
	kind, name string

	// serve serves the app with the middleware on one side of the session's, and
	// returns the base URL.
	serve func(t testing.TB, app adaptertest.App, at side) string

	// hasty is serve with a middleware whose time is up when the handler ends an
	// ending context. nil: it is not a timeout.
	hasty func(t testing.TB, app adaptertest.App, at side) string

	// goesOn is set where the handler goes on behind the answer then.
	goesOn bool

	// prefix is where the app is below the host.
	prefix string

	// outside and inside are what comes of it: "" for holds, never for a side on
	// which it cannot be, or what is refused, and how the app or the visitor hears of it.
	outside, inside string

	// visit changes what a visitor sends, for middleware that asks for more than
	// a cookie.
	visit func(*http.Request)

	// sockets are the websockets that the router has.
	sockets []string

	// connect changes how visitors connect.
	connect func(*http.Transport)
}

// never is for a side on which a middleware cannot be.
const never = "-"

// expected is what is to come of the middleware on a side.
func (m combination) expected(at side) string {
	want := [...]string{m.outside, m.inside}[at]
	if want == "" {
		return holds
	}
	return want
}

// routers are all of them, in the order of the page. They are made once: some
// middleware writes variables of its package.
var routers = sync.OnceValue(func() []router {
	return []router{netHTTP(), chiRouter(), echoRouter(), echoRouterV5(), ginRouter(), fiberRouter(), fiberRouterV3()}
})

// TestBeside tries each middleware on both sides.
func TestBeside(t *testing.T) {
	t.Parallel()
	n := 0
	for _, r := range routers() {
		for _, m := range r.beside {
			for _, at := range []side{outside, inside} {
				if n++; m.expected(at) == never || testing.Short() && n%5 != 0 { // make test tries some of them
					continue
				}
				t.Run(r.name+"/"+m.name+"/"+at.String(), func(t *testing.T) {
					t.Parallel()
					s := newSite(t, m, at)
					for _, try := range scenarios {
						try(s)
					}
					if got := s.outcome(); got != m.expected(at) {
						t.Errorf("%q came of it, want %q\nthe log:\n%s", got, m.expected(at), s.log)
					}
				})
			}
		}
	}
}

// scenarios are the faults that are to be excluded.
var scenarios = []func(*site){
	others,
	saved,
	posted,
	preflight,
	elsewhere,
	loggedIn,
	streamed,
	upgraded,
	panicked,
	notSaved,
	cutOff,
}
