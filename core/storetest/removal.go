package storetest

import (
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
)

func removalCases() []testCase {
	return []testCase{
		{"delete removes", deleteRemoves},
		{"delete of a missing record is no error", deleteOfMissing},
		{"compare and delete removes the matching revision", matchingRevisionRemoved},
		{"compare and delete of another revision conflicts", otherRevisionConflicts},
		{"compare and delete of a missing record is gone", removalOfMissingIsGone},
		{"a create that expired already stores nothing", expiredCreateStoresNothing},
		{"a create that expired already conflicts with a live record", expiredCreateConflicts},
	}
}

// pasts are expiries that are not in the future by anybody's clock.
func pasts() []time.Time {
	return []time.Time{time.Now().Add(-time.Hour), time.Unix(1, 0), time.Unix(0, 0), {}}
}

func deleteRemoves(t *testing.T, s session.Store) {
	id, _ := create(t, s)
	kept, r := create(t, s)
	mustDelete(t, s, id)
	wantAbsent(t, s, id)
	err := s.Touch(t.Context(), id, time.Now().Add(time.Hour))
	wantErr(t, "Touch after Delete", err, session.ErrNotFound)
	wantAbsent(t, s, id)
	wantStored(t, s, kept, r)
}

// 89
func deleteOfMissing(t *testing.T, s session.Store) {
	mustDelete(t, s, newID())
	id, _ := create(t, s)
	mustDelete(t, s, id)
	mustDelete(t, s, id)
	wantAbsent(t, s, id)
}

// 33, 70: how a renewed session's old id ends.
func matchingRevisionRemoved(t *testing.T, s session.Store) {
	for _, past := range pasts() {
		id, r := create(t, s)
		mustSave(t, s, id, r)
		late := r.Clone()
		r.Expires = past
		mustSave(t, s, id, r)
		wantAbsent(t, s, id)
		wantErr(t, "Save after the removal", s.Save(t.Context(), id, late), session.ErrGone)
		wantAbsent(t, s, id)
	}
}

// 82, 87
func otherRevisionConflicts(t *testing.T, s session.Store) {
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
func removalOfMissingIsGone(t *testing.T, s session.Store) {
	for _, past := range pasts() {
		id, r := create(t, s)
		mustDelete(t, s, id)
		r.Expires = past
		before := r.Revision
		wantErr(t, "removal of a missing record", s.Save(t.Context(), id, r), session.ErrGone)
		if r.Revision != before {
			t.Fatalf("a failed removal changed the revision from %d to %d", before, r.Revision)
		}
	}
}

// 33
func expiredCreateStoresNothing(t *testing.T, s session.Store) {
	for _, past := range pasts() {
		id, r := newID(), newRecord()
		r.User, r.Expires = "ada", past
		mustSave(t, s, id, r)
		wantAbsent(t, s, id)
	}
	if lister, ok := s.(session.Lister); ok {
		wantListed(t, "All", lister.All(t.Context()))
	}
	if index, ok := s.(session.UserIndex); ok {
		wantListed(t, "ByUser", index.ByUser(t.Context(), "ada"))
	}
}

func expiredCreateConflicts(t *testing.T, s session.Store) {
	for _, past := range pasts() {
		id, r := create(t, s)
		empty := newRecord()
		empty.Expires = past
		current := wantConflict(t, "an expired create over a live record", s.Save(t.Context(), id, empty))
		wantSame(t, "the record of the conflict", current, r)
		wantStored(t, s, id, r)
	}
}
