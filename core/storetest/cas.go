package storetest

import (
	"testing"

	"github.com/gosessionkit/sessionkit/core/driver"
)

func casCases() []testCase {
	return []testCase{
		{"a create sets the revision", createSetsRevision},
		{"a replace raises the revision", replaceRaisesRevision},
		{"a create over a live record conflicts", createConflicts},
		{"a save based on a stale read conflicts", staleConflicts},
		{"a save of a revision that never was conflicts", unknownRevisionConflicts},
		{"the record of a conflict can be built upon", conflictCanBeReplayed},
		{"a save where there was nothing is gone", saveOfMissingIsGone},
		{"a save after a delete is gone", saveAfterDeleteIsGone},
		{"a create after a delete works", createAfterDelete},
		{"what arrives keeps its revision, once", arrivesOnce},
	}
}

func createSetsRevision(t *testing.T, s driver.Store) {
	id, r := create(t, s)
	if r.Revision == 0 {
		t.Fatal("the revision is 0 after a successful save")
	}
	wantStored(t, s, id, r)
}

func replaceRaisesRevision(t *testing.T, s driver.Store) {
	id, r := create(t, s)
	for range 5 {
		before := r.Revision
		mustSave(t, s, id, r)
		if r.Revision <= before {
			t.Fatalf("revision %d was replaced by %d", before, r.Revision)
		}
		wantStored(t, s, id, r)
	}
	r = mustLoad(t, s, id)
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
}

// 69
func createConflicts(t *testing.T, s driver.Store) {
	id, first := create(t, s)
	second := newRecord()
	second.User = "eve"
	current := wantConflict(t, "a second create", s.Save(t.Context(), id, second))
	wantSame(t, "the record of the conflict", current, first)
	if second.Revision != 0 {
		t.Fatalf("a failed create set the revision to %d", second.Revision)
	}
	wantStored(t, s, id, first)
}

// 87
func staleConflicts(t *testing.T, s driver.Store) {
	id, _ := create(t, s)
	one, two := mustLoad(t, s, id), mustLoad(t, s, id)
	one.Values = one.Values.With("one", []byte(`1`))
	one.User = "ada"
	mustSave(t, s, id, one)

	two.Values = two.Values.With("two", []byte(`2`))
	before := *two
	current := wantConflict(t, "a save based on a stale read", s.Save(t.Context(), id, two))
	wantSame(t, "the record of the conflict", current, one)
	if *two != before {
		t.Fatalf("a failed save changed the record from %+v to %+v", before, *two)
	}
	wantStored(t, s, id, one)
}

func unknownRevisionConflicts(t *testing.T, s driver.Store) {
	id, r := create(t, s)
	for range 3 {
		mustSave(t, s, id, r)
	}
	for _, revision := range []uint64{r.Revision - 1, r.Revision + 1, r.Revision + 10, r.Revision*10 + 1} {
		wrong := r.Clone()
		wrong.Revision = revision
		current := wantConflict(t, "a save of another revision", s.Save(t.Context(), id, wrong))
		wantSame(t, "the record of the conflict", current, r)
		if wrong.Revision != revision {
			t.Fatalf("a failed save changed the revision from %d to %d", revision, wrong.Revision)
		}
	}
	wantStored(t, s, id, r)
}

// 80, 87
func conflictCanBeReplayed(t *testing.T, s driver.Store) {
	id, r := create(t, s)
	stale := r.Clone()
	r.Values = r.Values.With("one", []byte(`1`))
	mustSave(t, s, id, r)
	current := wantConflict(t, "a stale save", s.Save(t.Context(), id, stale))
	current.Values = current.Values.With("two", []byte(`2`))
	mustSave(t, s, id, current)
	if current.Revision <= r.Revision {
		t.Fatalf("revision %d was replaced by %d", r.Revision, current.Revision)
	}
	wantStored(t, s, id, current)
	if keys := mustLoad(t, s, id).Values.Len(); keys != 3 {
		t.Fatalf("got %d keys, want 3: a change was lost", keys)
	}
}

// 79
func saveOfMissingIsGone(t *testing.T, s driver.Store) {
	for _, revision := range []uint64{1, 2, 1000} {
		id, r := newID(), newRecord()
		r.Revision = revision
		wantErr(t, "Save of a record that never was", s.Save(t.Context(), id, r), driver.ErrGone)
		if r.Revision != revision {
			t.Fatalf("a failed save changed the revision from %d to %d", revision, r.Revision)
		}
		wantAbsent(t, s, id)
	}
}

// 79: the slow request that finishes after a logout.
func saveAfterDeleteIsGone(t *testing.T, s driver.Store) {
	id, r := create(t, s)
	slow := mustLoad(t, s, id)
	mustSave(t, s, id, r)
	mustDelete(t, s, id)
	for _, late := range []*driver.Record{slow, r} {
		before := *late
		wantErr(t, "Save after Delete", s.Save(t.Context(), id, late), driver.ErrGone)
		if *late != before {
			t.Fatalf("a failed save changed the record from %+v to %+v", before, *late)
		}
		wantAbsent(t, s, id)
	}
}

func createAfterDelete(t *testing.T, s driver.Store) {
	id, _ := create(t, s)
	mustDelete(t, s, id)
	r := newRecord()
	r.User = "ada"
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
}

func arrivesOnce(t *testing.T, s driver.Store) {
	id, r := newID(), newRecord()
	r.Revision, r.Arrives = 41, true
	mustSave(t, s, id, r)
	if r.Revision != 41 {
		t.Fatalf("it was of revision 41 where it came from, and is of %d here", r.Revision)
	}
	again := newRecord()
	again.Revision, again.Arrives, again.User = 41, true, "eve"
	if current := wantConflict(t, "a second arrival", s.Save(t.Context(), id, again)); current.Revision != 41 || current.User != r.User {
		t.Fatalf("the record of the conflict is %+v", current)
	}
	r.Arrives = false
	mustSave(t, s, id, r)
	if r.Revision <= 41 {
		t.Fatalf("revision 41 was replaced by %d", r.Revision)
	}
	wantStored(t, s, id, r)
}
