package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// 93, 94, 114
func listingCases() []testCase {
	return []testCase{
		{"an empty store", listing(emptyStore)},
		{"every live session once", listing(everySessionOnce)},
		{"expired sessions are left out", listing(expiredLeftOut)},
		{"many sessions", listing(manySessions)},
		{"leaving a listing early", listing(leavingEarly)},
		{"a listed record is the caller's own", listing(listedIsCopied)},
		{"a listing does not block the store", listing(listingDoesNotBlock)},
		{"sessions come and go during a listing", listing(churnWhileListing)},
		{"everything can be deleted by listing it", listing(deleteAll)},
		{"a listing that is cut short says so", listing(cutShort)},
		{"a count that is cut short is not exact", listing(countCutShort)},
	}
}

// listing skips a case on stores that cannot list.
func listing(run func(*testing.T, driver.Store, driver.Lister)) func(*testing.T, driver.Store) {
	return func(t *testing.T, s driver.Store) {
		run(t, s, optional[driver.Lister](t, s, "Lister"))
	}
}

// wantAll fails unless the store lists and counts exactly these sessions.
func wantAll(t testing.TB, lister driver.Lister, ids ...driver.ID) {
	t.Helper()
	wantListed(t, "All", lister.All(t.Context()), ids...)
	n, exact, err := lister.Count(t.Context())
	if err != nil || !exact || n != len(ids) {
		t.Fatalf("Count: got %d, exact %v, error %v; want %d, exact", n, exact, err, len(ids))
	}
}

// fill stores n sessions, a few at a time.
func fill(t testing.TB, s driver.Store, n int) []driver.ID {
	t.Helper()
	const workers = 8
	ids := make([]driver.ID, n)
	race(t, workers, func(ctx context.Context, worker int) error {
		for i := worker; i < n; i += workers {
			ids[i] = newID()
			r := newRecord()
			r.User = fmt.Sprintf("user %d", i%7)
			if err := s.Save(ctx, ids[i], r); err != nil {
				return err
			}
		}
		return nil
	})
	return ids
}

func emptyStore(t *testing.T, s driver.Store, lister driver.Lister) {
	wantAll(t, lister)
	id, _ := create(t, s)
	wantAll(t, lister, id)
	mustDelete(t, s, id)
	wantAll(t, lister)
}

func everySessionOnce(t *testing.T, s driver.Store, lister driver.Lister) {
	ids := fill(t, s, 50)
	wantAll(t, lister, ids...)
	found, err := listed(lister.All(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	for id, r := range found {
		wantStored(t, s, id, r)
	}
}

func expiredLeftOut(t *testing.T, s driver.Store, lister driver.Lister) {
	live, _ := create(t, s)
	createExpired(t, s, "ada")
	createExpired(t, s, "")
	wantAll(t, lister, live)
}

// 94
func manySessions(t *testing.T, s driver.Store, lister driver.Lister) {
	wantAll(t, lister, fill(t, s, 500)...)
}

func leavingEarly(t *testing.T, s driver.Store, lister driver.Lister) {
	ids := fill(t, s, 50)
	for _, stop := range []int{0, 1, 20} {
		seen := 0
		for _, err := range lister.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if seen++; seen > stop {
				break
			}
		}
	}
	wantAll(t, lister, ids...)
}

// 90
func listedIsCopied(t *testing.T, s driver.Store, lister driver.Lister) {
	id, r := create(t, s)
	for entry, err := range lister.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		scribble(entry.Record)
	}
	wantStored(t, s, id, r)
}

// 94: whoever walks the sessions may use the store meanwhile, and so may
// everybody else.
func listingDoesNotBlock(t *testing.T, s driver.Store, lister driver.Lister) {
	fill(t, s, 20)
	within(t, "using the store while listing it", func() error {
		for entry, err := range lister.All(t.Context()) {
			if err != nil {
				return err
			}
			entry.Record.User = "seen"
			if err := s.Save(t.Context(), entry.ID, entry.Record); err != nil {
				return fmt.Errorf("save: %w", err)
			}
			if _, err := s.Load(t.Context(), entry.ID); err != nil {
				return fmt.Errorf("load: %w", err)
			}
		}
		return nil
	})
}

// Whatever else happens, a session that was there all the time is listed,
// once.
func churnWhileListing(t *testing.T, s driver.Store, lister driver.Lister) {
	ids := fill(t, s, 100)
	through := make(chan struct{})
	race(t, 3, func(ctx context.Context, worker int) error {
		if worker > 0 {
			return churn(ctx, s, through)
		}
		defer close(through)
		for range 5 {
			found, err := listed(lister.All(ctx))
			if err != nil {
				return err
			}
			for _, id := range ids {
				if found[id] == nil {
					return fmt.Errorf("session %s was there all the time and is not listed", id.Short())
				}
			}
		}
		return nil
	})
	wantAll(t, lister, ids...)
}

// churn makes and removes sessions until through is closed.
func churn(ctx context.Context, s driver.Store, through <-chan struct{}) error {
	for {
		id := newID()
		if err := s.Save(ctx, id, newRecord()); err != nil {
			return fmt.Errorf("save: %w", err)
		}
		if err := s.Delete(ctx, id); err != nil {
			return fmt.Errorf("delete: %w", err)
		}
		select {
		case <-through:
			return nil
		default:
		}
	}
}

// 114
func deleteAll(t *testing.T, s driver.Store, lister driver.Lister) {
	fill(t, s, 50)
	within(t, "deleting while listing", func() error {
		for entry, err := range lister.All(t.Context()) {
			if err != nil {
				return err
			}
			if err := s.Delete(t.Context(), entry.ID); err != nil {
				return err
			}
		}
		return nil
	})
	wantAll(t, lister)
}

// 102: half a list must not pass for all of it.
func cutShort(t *testing.T, s driver.Store, lister driver.Lister) {
	ids := fill(t, s, 100)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen, failed := 0, false
	for _, err := range lister.All(ctx) {
		if failed {
			t.Fatal("the listing went on after an error")
		}
		if failed = err != nil; !failed {
			seen++
		}
		cancel()
	}
	if !failed && seen < len(ids) {
		t.Fatalf("the listing ended after %d of %d sessions without an error", seen, len(ids))
	}
}

func countCutShort(t *testing.T, s driver.Store, lister driver.Lister) {
	ids := fill(t, s, 20)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	n, exact, err := lister.Count(ctx)
	if err == nil && (exact || n > len(ids)) {
		t.Fatalf("Count under a cancelled context: got %d, exact %v", n, exact)
	}
	wantAll(t, lister, ids...)
}
