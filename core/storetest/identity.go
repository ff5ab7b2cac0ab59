package storetest

import (
	"context"
	"testing"

	"github.com/gosessionkit/sessionkit/core/driver"
)

func (st *suite) identityCases() []testCase {
	return []testCase{
		{"an origin is stable", originIsStable},
		{"concurrent proposals agree on an origin", alone(originsAgree)},
		{"two stores have two origins", st.originsDiffer},
		{"an origin is no session", originIsNoSession},
		{"a healthy store answers a ping", pingAnswers},
		{"a store says of what kind it is", describesItself},
	}
}

func identify(t testing.TB, identifier driver.Identifier, proposed driver.StoreID) driver.StoreID {
	t.Helper()
	origin, err := identifier.Identify(t.Context(), proposed)
	if err != nil {
		t.Fatalf("Identify: %v", err)
	}
	if origin == (driver.StoreID{}) {
		t.Fatal("the origin is all zeros")
	}
	return origin
}

func originIsStable(t *testing.T, s driver.Store) {
	identifier := optional[driver.Identifier](t, s, "Identifier")
	first := identify(t, identifier, driver.StoreID{1, 2, 3, 4})
	if again := identify(t, identifier, driver.StoreID{5, 6, 7, 8}); again != first {
		t.Fatalf("the origin was %v and is %v", first, again)
	}
}

// originsAgree has workers, spread over the stores, propose different
// origins at once.
func originsAgree(t *testing.T, stores ...driver.Store) {
	t.Helper()
	origins := make([]driver.StoreID, writers)
	for _, s := range stores {
		optional[driver.Identifier](t, s, "Identifier")
	}
	race(t, writers, func(ctx context.Context, i int) (err error) {
		identifier := stores[i%len(stores)].(driver.Identifier)
		origins[i], err = identifier.Identify(ctx, driver.StoreID{0, 0, 1, byte(i)})
		return err
	})
	for i, origin := range origins {
		if origin != origins[0] || origin == (driver.StoreID{}) {
			t.Fatalf("worker 0 got origin %v, worker %d %v", origins[0], i, origin)
		}
	}
}

// A cookie of the one must be told from a cookie of the other.
func (st *suite) originsDiffer(t *testing.T, s driver.Store) {
	one := identify(t, optional[driver.Identifier](t, s, "Identifier"), driver.StoreID{1, 2, 3, 4})
	other := identify(t, optional[driver.Identifier](t, st.open(t), "Identifier"), driver.StoreID{5, 6, 7, 8})
	if one == other {
		t.Fatalf("two stores have the same origin %v", one)
	}
}

// What a store keeps for itself is not listed, counted or swept.
func originIsNoSession(t *testing.T, s driver.Store) {
	identifier := optional[driver.Identifier](t, s, "Identifier")
	origin := identify(t, identifier, driver.StoreID{1, 2, 3, 4})
	if lister, ok := s.(driver.Lister); ok {
		wantAll(t, lister)
	}
	if sweeper, ok := s.(driver.Sweeper); ok {
		mustSweep(t, sweeper)
	}
	if again := identify(t, identifier, driver.StoreID{5, 6, 7, 8}); again != origin {
		t.Fatalf("the origin was %v and is %v", origin, again)
	}
}

func pingAnswers(t *testing.T, s driver.Store) {
	pinger := optional[driver.Pinger](t, s, "Pinger")
	for range 3 {
		if err := pinger.Ping(t.Context()); err != nil {
			t.Fatalf("Ping: %v", err)
		}
	}
	if lister, ok := s.(driver.Lister); ok {
		wantAll(t, lister)
	}
}

func describesItself(t *testing.T, s driver.Store) {
	describer := optional[driver.Describer](t, s, "Describer")
	description := describer.Describe()
	if description.Kind == "" {
		t.Fatal("the description names no kind")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if after := describer.Describe(); after != description {
		t.Fatalf("the description was %+v and after Close is %+v", description, after)
	}
}
