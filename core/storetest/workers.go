package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

func workerCases() []testCase {
	return []testCase{
		{"nobody is there at first", registered(nobodyAtFirst)},
		{"workers announce themselves", registered(workersAnnounce)},
		{"a worker announces itself again", registered(workerAnnouncesAgain)},
		{"a silent worker is forgotten", registered(silentIsForgotten)},
		{"a worker that goes on announcing itself stays", registered(announcingKeepsAlive)},
		{"a worker withdraws", registered(workerWithdraws)},
		{"what is announced is the caller's own", registered(announcedIsCopied)},
		{"workers are no sessions", registered(workersAreNoSessions)},
		{"the store's time does not run backwards", registered(timeRunsOn)},
		{"a hundred workers at once", alone(announceTogether)},
		{"a cancelled context changes no worker", registered(cancelledChangesNoWorker)},
	}
}

// registered skips a case on stores in which workers cannot announce
// themselves.
func registered(run func(*testing.T, driver.Store, driver.Registry)) func(*testing.T, driver.Store) {
	return func(t *testing.T, s driver.Store) { run(t, s, registryOf(t, s)) }
}

func registryOf(t testing.TB, s driver.Store) driver.Registry {
	t.Helper()
	registry, ok := s.(driver.Registry)
	if !ok {
		t.Skipf("%T does not implement driver.Registry", s)
	}
	return registry
}

// infoOf makes what a worker might say of itself, in its nth announcement.
func infoOf(id string, n int) json.RawMessage {
	return fmt.Appendf(nil, `{"id":%q,"n":%d,"host":"grün:\"\n{}\u2028","keys":["a","b"],"started":"2024-11-24T00:00:00Z"}`, id, n)
}

// announce announces a worker for long enough for any case.
func announce(t testing.TB, registry driver.Registry, id string, n int) time.Time {
	t.Helper()
	now, err := registry.Announce(t.Context(), id, infoOf(id, n), time.Hour)
	if err != nil {
		t.Fatalf("Announce: %v", err)
	}
	return now
}

// workers reads the registry.
func workers(t testing.TB, registry driver.Registry) map[string]json.RawMessage {
	t.Helper()
	live, err := registry.Workers(t.Context())
	if err != nil {
		t.Fatalf("Workers: %v", err)
	}
	return live
}

// wantWorkers fails unless exactly these workers are live and say what they
// said in the announcement of that number.
func wantWorkers(t testing.TB, registry driver.Registry, want map[string]int) {
	t.Helper()
	live := workers(t, registry)
	for id, n := range want {
		if raw, ok := live[id]; !ok {
			t.Fatalf("worker %s is not among %q", id, slices.Sorted(maps.Keys(live)))
		} else if !sameJSON(raw, infoOf(id, n)) {
			t.Fatalf("worker %s is told as %s, announced was %s", id, raw, infoOf(id, n))
		}
	}
	if len(live) != len(want) {
		t.Fatalf("got workers %q, want %q", slices.Sorted(maps.Keys(live)), slices.Sorted(maps.Keys(want)))
	}
}

// sameJSON leaves a store free to order members and space as it likes.
func sameJSON(a, b json.RawMessage) bool {
	var left, right any
	return json.Unmarshal(a, &left) == nil && json.Unmarshal(b, &right) == nil && reflect.DeepEqual(left, right)
}

func nobodyAtFirst(t *testing.T, s driver.Store, registry driver.Registry) {
	wantWorkers(t, registry, nil)
	create(t, s)
	wantWorkers(t, registry, nil)
}

func workersAnnounce(t *testing.T, _ driver.Store, registry driver.Registry) {
	announce(t, registry, "0a1b2c3d", 1)
	wantWorkers(t, registry, map[string]int{"0a1b2c3d": 1})
	announce(t, registry, "00000000", 1)
	announce(t, registry, "ffffffff", 2)
	wantWorkers(t, registry, map[string]int{"0a1b2c3d": 1, "00000000": 1, "ffffffff": 2})
}

func workerAnnouncesAgain(t *testing.T, _ driver.Store, registry driver.Registry) {
	announce(t, registry, "ffffffff", 1)
	for n := range 5 {
		announce(t, registry, "0a1b2c3d", n)
		wantWorkers(t, registry, map[string]int{"0a1b2c3d": n, "ffffffff": 1})
	}
}

// forgotten announces a worker for a short time and waits until that is over.
func forgotten(t testing.TB, registry driver.Registry, id string, ttl time.Duration) {
	t.Helper()
	if _, err := registry.Announce(t.Context(), id, infoOf(id, 0), ttl); err != nil {
		t.Fatalf("Announce: %v", err)
	}
	eventually(t, "a worker that was silent for its time is forgotten", func() bool {
		_, there := workers(t, registry)[id]
		return !there
	})
}

func silentIsForgotten(t *testing.T, _ driver.Store, registry driver.Registry) {
	announce(t, registry, "ffffffff", 1)
	forgotten(t, registry, "0a1b2c3d", soon)
	wantWorkers(t, registry, map[string]int{"ffffffff": 1})
	forgotten(t, registry, "0a1b2c3e", soon)
	wantWorkers(t, registry, map[string]int{"ffffffff": 1})
	announce(t, registry, "0a1b2c3d", 2)
	wantWorkers(t, registry, map[string]int{"ffffffff": 1, "0a1b2c3d": 2})
}

// A worker announces itself for a short time and again for a longer one: the
// first end passes without a trace.
func announcingKeepsAlive(t *testing.T, _ driver.Store, registry driver.Registry) {
	if _, err := registry.Announce(t.Context(), "0a1b2c3d", infoOf("0a1b2c3d", 1), soon); err != nil {
		t.Fatalf("Announce: %v", err)
	}
	announce(t, registry, "0a1b2c3d", 2)
	forgotten(t, registry, "0a1b2c3e", soon)
	wantWorkers(t, registry, map[string]int{"0a1b2c3d": 2})
}

func workerWithdraws(t *testing.T, _ driver.Store, registry driver.Registry) {
	withdraw := func(id string) {
		t.Helper()
		if err := registry.Withdraw(t.Context(), id); err != nil {
			t.Fatalf("Withdraw: %v", err)
		}
	}
	withdraw("0a1b2c3d")
	announce(t, registry, "0a1b2c3d", 1)
	announce(t, registry, "ffffffff", 1)
	withdraw("0a1b2c3d")
	wantWorkers(t, registry, map[string]int{"ffffffff": 1})
	withdraw("0a1b2c3d")
	announce(t, registry, "0a1b2c3d", 2)
	wantWorkers(t, registry, map[string]int{"0a1b2c3d": 2, "ffffffff": 1})
	withdraw("ffffffff")
	withdraw("0a1b2c3d")
	wantWorkers(t, registry, nil)
}

// 90
func announcedIsCopied(t *testing.T, _ driver.Store, registry driver.Registry) {
	given := infoOf("0a1b2c3d", 1)
	if _, err := registry.Announce(t.Context(), "0a1b2c3d", given, time.Hour); err != nil {
		t.Fatalf("Announce: %v", err)
	}
	clear(given)
	live := workers(t, registry)
	clear(live["0a1b2c3d"])
	clear(live)
	wantWorkers(t, registry, map[string]int{"0a1b2c3d": 1})
}

// 93: what a store keeps of workers is not listed, counted or swept.
func workersAreNoSessions(t *testing.T, s driver.Store, registry driver.Registry) {
	id, r := createOf(t, s, "ada")
	announce(t, registry, "0a1b2c3d", 1)
	forgotten(t, registry, "0a1b2c3e", soon)
	if lister, ok := s.(driver.Lister); ok {
		wantAll(t, lister, id)
	}
	if sweeper, ok := s.(driver.Sweeper); ok {
		if removed := mustSweep(t, sweeper); removed != 0 {
			t.Fatalf("a sweep removed %d sessions, none had expired", removed)
		}
	}
	if lister, ok := s.(driver.Lister); ok {
		wantAll(t, lister, id)
	}
	wantStored(t, s, id, r)
	wantWorkers(t, registry, map[string]int{"0a1b2c3d": 1})
	mustDelete(t, s, id)
	wantWorkers(t, registry, map[string]int{"0a1b2c3d": 1})
}

// Clocks are compared by what Announce returns. A store has one or has none.
func timeRunsOn(t *testing.T, _ driver.Store, registry driver.Registry) {
	first := announce(t, registry, "0a1b2c3d", 1)
	second := announce(t, registry, "0a1b2c3d", 2)
	if first.IsZero() != second.IsZero() {
		t.Fatalf("Announce returned %v, and then %v", first, second)
	}
	if second.Before(first) {
		t.Fatalf("the store's time was %v and is %v", first, second)
	}
}

// announceTogether has a hundred workers, spread over the stores, announce
// themselves and look for each other.
func announceTogether(t *testing.T, stores ...driver.Store) {
	t.Helper()
	const announced = 100
	for _, s := range stores {
		registryOf(t, s)
	}
	want := map[string]int{}
	for i := range announced {
		want[fmt.Sprintf("%08x", i)] = 1
	}
	race(t, announced, func(ctx context.Context, i int) error {
		registry := stores[i%len(stores)].(driver.Registry)
		id := fmt.Sprintf("%08x", i)
		for n := range 2 {
			if _, err := registry.Announce(ctx, id, infoOf(id, n), time.Hour); err != nil {
				return err
			}
		}
		live, err := registry.Workers(ctx)
		if err == nil && !sameJSON(live[id], infoOf(id, 1)) {
			err = fmt.Errorf("worker %s finds itself as %s", id, live[id])
		}
		return err
	})
	for _, s := range stores {
		wantWorkers(t, s.(driver.Registry), want)
	}
}

// 97
func cancelledChangesNoWorker(t *testing.T, _ driver.Store, registry driver.Registry) {
	announce(t, registry, "0a1b2c3d", 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, op := range registryOperations(registry) {
		if err := op.call(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("%s: got error %v, want %v", op.name, err, context.Canceled)
		}
		wantWorkers(t, registry, map[string]int{"0a1b2c3d": 1})
	}
}

// registryOperations are the methods of a registry, set to change what is
// known of the worker 0a1b2c3d.
func registryOperations(registry driver.Registry) []operation {
	return []operation{
		{"Announce", func(ctx context.Context) error {
			_, err := registry.Announce(ctx, "0a1b2c3d", infoOf("0a1b2c3d", 99), time.Hour)
			return err
		}},
		{"Withdraw", func(ctx context.Context) error { return registry.Withdraw(ctx, "0a1b2c3d") }},
		{"Workers", func(ctx context.Context) error { _, err := registry.Workers(ctx); return err }},
	}
}

// oneRegistry: the workers of several processes see each other, and one that
// stops takes nobody along.
func oneRegistry(t *testing.T, a, b driver.Store) {
	registryA, registryB := registryOf(t, a), registryOf(t, b)
	announce(t, registryA, "0a1b2c3d", 1)
	announce(t, registryB, "ffffffff", 1)
	for _, registry := range []driver.Registry{registryA, registryB} {
		wantWorkers(t, registry, map[string]int{"0a1b2c3d": 1, "ffffffff": 1})
	}
	announce(t, registryB, "0a1b2c3d", 2)
	forgotten(t, registryB, "0a1b2c3e", soon)
	wantWorkers(t, registryA, map[string]int{"0a1b2c3d": 2, "ffffffff": 1})
	if err := registryA.Withdraw(t.Context(), "ffffffff"); err != nil {
		t.Fatalf("Withdraw: %v", err)
	}
	wantWorkers(t, registryB, map[string]int{"0a1b2c3d": 2})
	if err := a.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	wantWorkers(t, registryB, map[string]int{"0a1b2c3d": 2})
}
