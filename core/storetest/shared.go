package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// sharedCase is one behaviour of two stores on the same data.
type sharedCase struct {
	name string
	run  func(t *testing.T, a, b driver.Store)
}

// RunShared tries what holds when several processes use the same data: open
// returns two stores on one fresh set of it, that share nothing in memory.
func RunShared(t *testing.T, open func(t testing.TB) (a, b driver.Store)) {
	t.Helper()
	cases := []sharedCase{
		{"what one saves the other loads", otherLoads},
		{"what one changes conflicts with the other", otherConflicts},
		{"what one ends is gone for the other", otherFindsItGone},
		{"what one touches lives for the other", otherSeesTouch},
		{"what expires expires for both", bothSeeExpiry},
		{"what is loaded belongs to the caller alone", loadedApart},
		{"the user index is one", oneIndex},
		{"the revocations are one", oneRevocation},
		{"the listing is one", oneListing},
		{"the origin is one", together(originsAgree)},
		{"the registry of workers is one", oneRegistry},
		{"a hundred workers at once", together(announceTogether)},
		{"a sweep by one spares what the other prolonged", otherSweeps},
		{"no increment is lost", together(countTogether)},
		{"different keys all survive", together(writeKeysTogether)},
		{"one create wins", together(oneCreateWins)},
		{"one compare and delete wins", together(oneRemovalWins)},
		{"a save or a compare and delete wins", together(saveOrRemoval)},
		{"a delete is final", together(deleteIsFinal)},
		{"closing one leaves the other open", otherStaysOpen},
		{"data outlives a close", outlivesClose},
	}
	t.Run("shared", func(t *testing.T) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				a, b := open(t)
				c.run(t, a, b)
			})
		}
	})
}

// together spreads a case that takes any number of stores over both.
func together(run func(*testing.T, ...driver.Store)) func(t *testing.T, a, b driver.Store) {
	return func(t *testing.T, a, b driver.Store) { run(t, a, b) }
}

// 85
func otherLoads(t *testing.T, a, b driver.Store) {
	id, r := createOf(t, a, "ada")
	wantStored(t, b, id, r)
	for range 3 {
		for _, s := range []driver.Store{b, a} {
			r = mustLoad(t, s, id)
			r.Values = r.Values.With("more", []byte(`1`))
			mustSave(t, s, id, r)
			wantStored(t, a, id, r)
			wantStored(t, b, id, r)
		}
	}
}

// 87
func otherConflicts(t *testing.T, a, b driver.Store) {
	id, r := create(t, a)
	stale := mustLoad(t, b, id)
	mustSave(t, a, id, r)
	current := wantConflict(t, "a stale save", b.Save(t.Context(), id, stale))
	wantSame(t, "the record of the conflict", current, r)
	wantConflict(t, "a create", b.Save(t.Context(), id, newRecord()))
	mustSave(t, b, id, current)
	wantStored(t, a, id, current)
}

// 79
func otherFindsItGone(t *testing.T, a, b driver.Store) {
	id, r := create(t, a)
	loaded := mustLoad(t, b, id)
	mustDelete(t, a, id)
	wantAbsent(t, b, id)
	wantErr(t, "Save after the other's Delete", b.Save(t.Context(), id, loaded), driver.ErrGone)
	wantErr(t, "Touch", b.Touch(t.Context(), id, r.Expires), driver.ErrNotFound)
	wantAbsent(t, a, id)

	id, r = create(t, a)
	loaded = mustLoad(t, b, id)
	mustSave(t, a, id, removal(r))
	wantErr(t, "Save after the other's removal", b.Save(t.Context(), id, loaded), driver.ErrGone)
	wantAbsent(t, b, id)
}

// 35, 41
func otherSeesTouch(t *testing.T, a, b driver.Store) {
	id, r := prolonged(t, a, "ada", func(id driver.ID, r *driver.Record) error {
		r.Expires = time.Now().Add(time.Hour)
		return b.Touch(t.Context(), id, r.Expires)
	})
	wantStored(t, a, id, r)
	wantStored(t, b, id, r)
}

// 34
func bothSeeExpiry(t *testing.T, a, b driver.Store) {
	id, r := createExpired(t, a, "ada")
	expired(t, b, id)
	r.Revision = max(r.Revision, 1)
	r.Expires = time.Now().Add(time.Hour)
	wantErr(t, "Save", b.Save(t.Context(), id, r), driver.ErrGone)
}

// 90
func loadedApart(t *testing.T, a, b driver.Store) {
	id, want := create(t, a)
	scribble(mustLoad(t, b, id))
	scribble(mustLoad(t, a, id))
	wantStored(t, a, id, want)
	wantStored(t, b, id, want)
}

// 100
func oneIndex(t *testing.T, a, b driver.Store) {
	indexA, indexB := optional[driver.UserIndex](t, a, "UserIndex"), optional[driver.UserIndex](t, b, "UserIndex")
	one, r := createOf(t, a, "ada")
	two, _ := createOf(t, b, "ada")
	wantUser(t, indexA, "ada", one, two)
	wantUser(t, indexB, "ada", one, two)
	r.User = "bob"
	mustSave(t, b, one, r)
	wantUser(t, indexA, "ada", two)
	wantUser(t, indexA, "bob", one)
	mustDelete(t, a, two)
	wantUser(t, indexB, "ada")
}

// 93
func oneListing(t *testing.T, a, b driver.Store) {
	listerA, listerB := optional[driver.Lister](t, a, "Lister"), optional[driver.Lister](t, b, "Lister")
	ids := append(fill(t, a, 20), fill(t, b, 20)...)
	wantAll(t, listerA, ids...)
	wantAll(t, listerB, ids...)
	mustDelete(t, a, ids[0])
	wantAll(t, listerB, ids[1:]...)
}

// 46
func otherSweeps(t *testing.T, a, b driver.Store) {
	sweeper := optional[driver.Sweeper](t, b, "Sweeper")
	through := make(chan struct{})
	race(t, 2, func(ctx context.Context, worker int) error {
		if worker > 0 {
			return sweepUntil(ctx, sweeper, through)
		}
		defer close(through)
		for range rounds {
			id, r := newID(), newRecord()
			r.Expires = time.Now().Add(2 * time.Millisecond)
			if err := a.Save(ctx, id, r); err != nil {
				return err
			}
			err := a.Touch(ctx, id, time.Now().Add(time.Hour))
			if errors.Is(err, driver.ErrNotFound) {
				continue
			}
			if err == nil {
				_, err = a.Load(ctx, id)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// 98
func otherStaysOpen(t *testing.T, a, b driver.Store) {
	id, r := create(t, a)
	if err := a.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	wantStored(t, b, id, r)
	mustSave(t, b, id, r)
	create(t, b)
	mustDelete(t, b, id)
}

// A deploy replaces one process after the other.
func outlivesClose(t *testing.T, a, b driver.Store) {
	id, r := createOf(t, a, "ada")
	mustSave(t, a, id, r)
	if err := a.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	wantStored(t, b, id, r)
	if index, ok := b.(driver.UserIndex); ok {
		wantUser(t, index, "ada", id)
	}
	if lister, ok := b.(driver.Lister); ok {
		wantAll(t, lister, id)
	}
}
