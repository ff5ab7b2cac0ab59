package storetest

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

func removalCases() []testCase {
	return []testCase{
		{"delete removes", deleteRemoves},
		{"delete of a missing record is no error", deleteOfMissing},
		{"compare and delete removes the matching revision", matchingRevisionRemoved},
		{"compare and delete of another revision conflicts", otherRevisionConflicts},
		{"compare and delete of a missing record is gone", removalOfMissingIsGone},
		{"a session that is replaced leads on to its successor", replacedLeadsOn},
		{"a replacement of another revision conflicts", otherReplacementConflicts},
		{"a session that is replaced again", replacedAgain},
		{"one of several replacements wins", oneReplacementWins},
		{"a create that expired already stores nothing", expiredCreateStoresNothing},
		{"a create that expired already conflicts with a live record", expiredCreateConflicts},
	}
}

// pasts are expiries that are not in the future by anybody's clock.
func pasts() []time.Time {
	return []time.Time{time.Now().Add(-time.Hour), time.Unix(1, 0), time.Unix(0, 0), {}}
}

func deleteRemoves(t *testing.T, s driver.Store) {
	id, _ := create(t, s)
	kept, r := create(t, s)
	mustDelete(t, s, id)
	wantAbsent(t, s, id)
	err := s.Touch(t.Context(), id, time.Now().Add(time.Hour))
	wantErr(t, "Touch after Delete", err, driver.ErrNotFound)
	wantAbsent(t, s, id)
	wantStored(t, s, kept, r)
}

// 89
func deleteOfMissing(t *testing.T, s driver.Store) {
	mustDelete(t, s, newID())
	id, _ := create(t, s)
	mustDelete(t, s, id)
	mustDelete(t, s, id)
	wantAbsent(t, s, id)
}

// 33, 70: how a renewed session's old id ends.
func matchingRevisionRemoved(t *testing.T, s driver.Store) {
	for _, past := range pasts() {
		id, r := create(t, s)
		mustSave(t, s, id, r)
		late := r.Clone()
		r.Expires = past
		mustSave(t, s, id, r)
		wantAbsent(t, s, id)
		wantErr(t, "Save after the removal", s.Save(t.Context(), id, late), driver.ErrGone)
		wantAbsent(t, s, id)
	}
}

// 82, 87
func otherRevisionConflicts(t *testing.T, s driver.Store) {
	for _, past := range pasts() {
		id, r := create(t, s)
		stale := r.Clone()
		mustSave(t, s, id, r)
		stale.Expires = past
		before := *stale
		current := wantConflict(t, "removal of a stale revision", s.Save(t.Context(), id, stale))
		wantSame(t, "the record of the conflict", current, r)
		if *stale != before {
			t.Fatalf("a failed removal changed the record from %+v to %+v", before, *stale)
		}
		wantStored(t, s, id, r)
	}
}

// 79, 82
func removalOfMissingIsGone(t *testing.T, s driver.Store) {
	for _, past := range pasts() {
		id, r := create(t, s)
		mustDelete(t, s, id)
		r.Expires = past
		before := r.Revision
		wantErr(t, "removal of a missing record", s.Save(t.Context(), id, r), driver.ErrGone)
		if r.Revision != before {
			t.Fatalf("a failed removal changed the revision from %d to %d", before, r.Revision)
		}
	}
}

// 33
func expiredCreateStoresNothing(t *testing.T, s driver.Store) {
	for _, past := range pasts() {
		id, r := newID(), newRecord()
		r.User, r.Expires = "ada", past
		mustSave(t, s, id, r)
		wantAbsent(t, s, id)
	}
	if lister, ok := s.(driver.Lister); ok {
		wantListed(t, "All", lister.All(t.Context()))
	}
	if index, ok := s.(driver.UserIndex); ok {
		wantListed(t, "ByUser", index.ByUser(t.Context(), ownerOf("ada")))
	}
}

func expiredCreateConflicts(t *testing.T, s driver.Store) {
	for _, past := range pasts() {
		id, r := create(t, s)
		empty := newRecord()
		empty.Expires = past
		current := wantConflict(t, "an expired create over a live record", s.Save(t.Context(), id, empty))
		wantSame(t, "the record of the conflict", current, r)
		wantStored(t, s, id, r)
	}
}

// replacement is what ends the session of r when next takes its place.
func replacement(r *driver.Record, next driver.ID) *driver.Record {
	end := removal(r)
	end.Successor = next
	return end
}

// wantRenewed fails unless err says that next took the session's place.
func wantRenewed(t testing.TB, what string, err error, next driver.ID) {
	t.Helper()
	renewed, ok := errors.AsType[*driver.RenewedError](err)
	if !ok || renewed.Successor != next || !errors.Is(err, driver.ErrNotFound) {
		t.Fatalf("%s: got error %v, want a *driver.RenewedError that leads to %s", what, err, next.Short())
	}
}

// 117, 118
func replacedLeadsOn(t *testing.T, s driver.Store) {
	for _, user := range []string{"", "ada"} {
		id, r := createOf(t, s, user)
		next, successor := newID(), r.Clone()
		successor.Revision = 0
		mustSave(t, s, next, successor)
		late := r.Clone()
		mustSave(t, s, id, replacement(r, next))

		_, err := s.Load(t.Context(), id)
		wantRenewed(t, "Load", err, next)
		if loader, ok := s.(driver.TagLoader); ok {
			_, err := loader.LoadTagged(t.Context(), id, late.Owner().Tag())
			wantRenewed(t, "LoadTagged", err, next)
		}
		for range 2 {
			wantRenewed(t, "Delete", s.Delete(t.Context(), id), next)
		}
		wantErr(t, "a late save", s.Save(t.Context(), id, late), driver.ErrGone)
		wantErr(t, "a late replacement", s.Save(t.Context(), id, replacement(late, newID())), driver.ErrGone)
		wantErr(t, "a late touch", s.Touch(t.Context(), id, time.Now().Add(time.Hour)), driver.ErrNotFound)
		_, err = s.Load(t.Context(), id)
		wantRenewed(t, "Load again", err, next)
		wantStored(t, s, next, successor)
		if lister, ok := s.(driver.Lister); ok {
			n := 0
			for entry, err := range lister.All(t.Context()) {
				if n++; err != nil || entry.ID == id {
					t.Fatalf("listed %s, %v", entry.ID.Short(), err)
				}
			}
			if counted, exact, err := lister.Count(t.Context()); counted != n || !exact || err != nil {
				t.Fatalf("counted %d, exact %v, error %v; listed %d", counted, exact, err, n)
			}
		}
		if index, ok := s.(driver.UserIndex); ok && user != "" {
			wantUser(t, index, user, next)
		}
		mustDelete(t, s, next)
		wantAbsent(t, s, next)
	}
}

func otherReplacementConflicts(t *testing.T, s driver.Store) {
	id, r := create(t, s)
	stale := r.Clone()
	mustSave(t, s, id, r)
	wantConflict(t, "a replacement of a stale revision", s.Save(t.Context(), id, replacement(stale, newID())))
	wantStored(t, s, id, r)
	missing := newID()
	wantErr(t, "a replacement of a missing record", s.Save(t.Context(), missing, replacement(r, newID())), driver.ErrGone)
	wantAbsent(t, s, missing)
}

func replacedAgain(t *testing.T, s driver.Store) {
	id, r := create(t, s)
	first := id
	for range 3 {
		next, copied := newID(), r.Clone()
		copied.Revision = 0
		mustSave(t, s, next, copied)
		mustSave(t, s, id, replacement(r, next))
		_, err := s.Load(t.Context(), id)
		wantRenewed(t, "Load", err, next)
		id, r = next, copied
	}
	for range 3 {
		err := s.Delete(t.Context(), first)
		renewed, ok := errors.AsType[*driver.RenewedError](err)
		if !ok {
			t.Fatalf("Delete: %v", err)
		}
		first = renewed.Successor
	}
	if first != id {
		t.Fatalf("the way led to %s, not to %s", first.Short(), id.Short())
	}
	wantStored(t, s, id, r)
}

// 82
func oneReplacementWins(t *testing.T, s driver.Store) {
	for range 5 {
		id, r := create(t, s)
		var won atomic.Pointer[driver.ID]
		race(t, 6, func(ctx context.Context, _ int) error {
			next := newID()
			err := s.Save(ctx, id, replacement(r.Clone(), next))
			switch {
			case err == nil && !won.CompareAndSwap(nil, &next):
				return errors.New("two replacements won")
			case err != nil && !errors.Is(err, driver.ErrGone):
				return err
			}
			return nil
		})
		_, err := s.Load(t.Context(), id)
		wantRenewed(t, "Load", err, *won.Load())
	}
}
