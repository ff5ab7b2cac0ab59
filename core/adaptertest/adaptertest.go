package adaptertest

import (
	"testing"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

// Build serves app in the adapter's framework and returns the base URL,
// without a slash at the end. It stops the server with t.Cleanup; [App.Serve]
// and [App.Listen] help with both.
type Build func(t testing.TB, app App) (baseURL string)

// Option changes what Run tries.
type Option func(*suite)

// WithStore runs the cases on the stores that newStore makes instead of a
// [memstore.Store]. It returns an empty one each time; the case closes
// it.
func WithStore(newStore func(t testing.TB) driver.Store) Option {
	return func(st *suite) { st.newStore = newStore }
}

// suite is one call of Run.
type suite struct {
	build    Build
	newStore func(t testing.TB) driver.Store
}

// testCase is one behaviour.
type testCase struct {
	name string
	run  func(t *testing.T, st *suite)
}

// Run tries every behaviour on apps that build serves.
func Run(t *testing.T, build Build, options ...Option) {
	t.Helper()
	st := &suite{
		build:    build,
		newStore: func(testing.TB) driver.Store { return memstore.New(0) },
	}
	for _, option := range options {
		option(st)
	}
	st.area(t, "session", sessionCases())
	st.area(t, "once", onceCases())
	st.area(t, "nesting", nestingCases())
	st.area(t, "cookie", cookieCases())
	st.area(t, "headers", headerCases())
	st.area(t, "cross-site", crossSiteCases())
	st.area(t, "rivals", rivalCases())
	st.area(t, "commit", commitCases())
	st.area(t, "stream", streamCases())
	st.area(t, "writer", writerCases())
	st.area(t, "token", tokenCases())
	st.area(t, "token in a header", headerTokenCases())
	st.area(t, "token in a header beside cookies", besideCookieCases())
	st.area(t, "keys", keyCases())
	st.area(t, "renew", renewCases())
	st.area(t, "idle", idleCases())
	st.area(t, "user", userCases())
	st.area(t, "concurrency", concurrencyCases())
	st.area(t, "failure", failureCases())
	st.area(t, "errors", errorCases())
	st.area(t, "recovery", recoveryCases())
	st.area(t, "debug", debugCases())
}

// area runs the cases of one area in parallel and waits for them.
func (st *suite) area(t *testing.T, name string, cases []testCase) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t, st)
			})
		}
	})
}
