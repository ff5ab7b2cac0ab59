package storetest

import (
	"testing"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// Option adds to what Run tries.
type Option func(*suite)

// WithCorrupt makes Run try how the store copes with a record that cannot be
// decoded. The function overwrites what is stored under id, in place and
// behind the store's back, with something that is no record.
func WithCorrupt(corrupt func(t testing.TB, s driver.Store, id driver.ID)) Option {
	return func(st *suite) { st.corrupt = corrupt }
}

// suite is one call of Run.
type suite struct {
	newStore func(t testing.TB) driver.Store
	corrupt  func(t testing.TB, s driver.Store, id driver.ID)
}

// testCase is one behaviour, tried on a fresh store.
type testCase struct {
	name string
	run  func(t *testing.T, s driver.Store)
}

// Run tries every behaviour of the contract on stores that newStore makes.
func Run(t *testing.T, newStore func(t testing.TB) driver.Store, options ...Option) {
	t.Helper()
	st := &suite{newStore: newStore}
	for _, option := range options {
		option(st)
	}
	st.area(t, "records", st.recordCases())
	st.area(t, "values", valueCases())
	st.area(t, "cas", casCases())
	st.area(t, "removal", removalCases())
	st.area(t, "expiry", expiryCases())
	st.area(t, "sweep", sweepCases())
	st.area(t, "users", userCases())
	st.area(t, "revocation", revocationCases())
	st.area(t, "listing", listingCases())
	st.area(t, "concurrency", concurrencyCases())
	st.area(t, "identity", st.identityCases())
	st.area(t, "workers", workerCases())
	st.area(t, "failure", failureCases())
	st.area(t, "corruption", st.corruptionCases())
}

// area runs the cases of one area in parallel and waits for them.
func (st *suite) area(t *testing.T, name string, cases []testCase) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t, st.open(t))
			})
		}
	})
}

func (st *suite) open(t testing.TB) driver.Store {
	t.Helper()
	s := st.newStore(t)
	if s == nil {
		t.Fatal("newStore returned no store")
	}
	return s
}

// optional asserts that the store implements an optional interface, and
// skips the case when it does not.
func optional[T any](t testing.TB, s driver.Store, name string) T {
	t.Helper()
	offered, ok := s.(T)
	if !ok {
		t.Skipf("%T does not implement driver.%s", s, name)
	}
	return offered
}
