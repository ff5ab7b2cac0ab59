package storetest

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

func (st *suite) recordCases() []testCase {
	return []testCase{
		{"a missing record is not found", missingIsNotFound},
		{"loading creates nothing", loadCreatesNothing},
		{"what is saved is loaded", savedIsLoaded},
		{"times keep their milliseconds", timesKeepMilliseconds},
		{"a deadline centuries away", farDeadline},
		{"a saved record is the caller's own", savedIsCopied},
		{"a loaded record is the caller's own", loadedIsCopied},
		{"the record of a conflict is the caller's own", conflictIsCopied},
		{"a save changes nothing but the revision", saveLeavesRecordAlone},
		{"ids that look alike", similarIDs},
		{"two stores do not mix", st.storesDoNotMix},
	}
}

// 88
func missingIsNotFound(t *testing.T, s driver.Store) {
	wantAbsent(t, s, newID())
	wantAbsent(t, s, driver.ID{})
}

// 65, 66: otherwise anybody could plant an id of their choice.
func loadCreatesNothing(t *testing.T, s driver.Store) {
	id := newID()
	wantAbsent(t, s, id)
	wantAbsent(t, s, id)
	wantErr(t, "Touch", s.Touch(t.Context(), id, time.Now().Add(time.Hour)), driver.ErrNotFound)
	if lister, ok := s.(driver.Lister); ok {
		wantListed(t, "All", lister.All(t.Context()))
	}
	r := newRecord()
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
}

func savedIsLoaded(t *testing.T, s driver.Store) {
	id, r := newID(), newRecord()
	r.User, r.Label = "ada", `Fire"fox\ auf Øst`
	r.Details = &driver.Details{Authenticated: time.UnixMilli(1_700_000_000_000), From: "2001:db8:1::/48", Used: time.UnixMilli(1_700_000_000_001)}
	r.Values = values("color", `"red"`, "count", `3`)
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
	r.User, r.Label, r.Details, r.Values = "", "", nil, values("count", `4`)
	r.Created = r.Created.Add(time.Minute)
	r.Deadline = r.Deadline.Add(time.Minute)
	r.Expires = r.Expires.Add(time.Minute)
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
}

// 43
func timesKeepMilliseconds(t *testing.T, s driver.Store) {
	id, r := newID(), newRecord()
	base := time.Now().Truncate(time.Second)
	r.Created = base.Add(-time.Hour + 123*time.Millisecond + 456_789)
	r.Deadline = base.Add(24*time.Hour + 999*time.Millisecond + 999_999)
	r.Expires = base.Add(time.Hour + time.Millisecond)
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)

	r.Created = time.Date(2000, 1, 1, 0, 0, 0, int(7*time.Millisecond), time.UTC)
	r.Deadline = r.Deadline.In(time.FixedZone("", 5*60*60))
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
}

// 44: "for ever" is a duration too. A store may cap times at the largest
// that the record format holds, in November 2286.
func farDeadline(t *testing.T, s driver.Store) {
	lastKept := time.UnixMilli(9_999_999_999_999)
	for _, end := range []time.Time{
		time.Now().Add(math.MaxInt64),
		time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	} {
		id, r := newID(), newRecord()
		r.Deadline, r.Expires = end, end
		mustSave(t, s, id, r)
		got := mustLoad(t, s, id)
		if got.Deadline.Before(lastKept) || got.Expires.Before(lastKept) {
			t.Fatalf("saved until %v, loaded deadline %v and expires %v", end, got.Deadline, got.Expires)
		}
	}
}

// 90
func savedIsCopied(t *testing.T, s driver.Store) {
	id, r := create(t, s)
	want := r.Clone()
	scribble(r)
	wantStored(t, s, id, want)
}

// 90
func loadedIsCopied(t *testing.T, s driver.Store) {
	id, want := create(t, s)
	r := mustLoad(t, s, id)
	scribble(r)
	wantStored(t, s, id, want)
}

// 90
func conflictIsCopied(t *testing.T, s driver.Store) {
	id, want := create(t, s)
	scribble(wantConflict(t, "Save over it", s.Save(t.Context(), id, newRecord())))
	wantStored(t, s, id, want)
}

// scribble changes every field of a record.
func scribble(r *driver.Record) {
	r.Revision += 1000
	r.User += "mallory"
	r.Created = r.Created.Add(-time.Hour)
	r.Deadline = r.Deadline.Add(time.Hour)
	r.Expires = r.Expires.Add(time.Hour)
	r.Values = values("scribble", `true`)
}

func saveLeavesRecordAlone(t *testing.T, s driver.Store) {
	id, r := newID(), newRecord()
	r.User = "ada"
	want := r.Clone()
	mustSave(t, s, id, r)
	want.Revision = r.Revision
	if *r != *want {
		t.Fatalf("the record was %+v before the save and is %+v", *want, *r)
	}
}

// Names of keys and files are made of ids; some media fold case, some tools
// read a leading hyphen as an option.
func similarIDs(t *testing.T, s driver.Store) {
	stored := map[driver.ID]*driver.Record{}
	for _, text := range []string{
		strings.Repeat("A", 21) + "A", strings.Repeat("A", 21) + "Q",
		strings.Repeat("a", 21) + "A", strings.Repeat("a", 21) + "Q",
		strings.Repeat("-", 21) + "w", strings.Repeat("_", 21) + "w",
	} {
		id, err := driver.ParseID(text)
		if err != nil {
			t.Fatal(err)
		}
		r := newRecord()
		r.User = text
		mustSave(t, s, id, r)
		stored[id] = r
	}
	for id, r := range stored {
		wantStored(t, s, id, r)
	}
	for id := range stored {
		mustDelete(t, s, id)
		delete(stored, id)
		for other, r := range stored {
			wantStored(t, s, other, r)
		}
	}
}

// 91
func (st *suite) storesDoNotMix(t *testing.T, s driver.Store) {
	other := st.open(t)
	id, r := newID(), newRecord()
	r.User = "ada"
	mustSave(t, s, id, r)
	wantAbsent(t, other, id)
	if lister, ok := other.(driver.Lister); ok {
		wantListed(t, "All of the other store", lister.All(t.Context()))
	}
	if index, ok := other.(driver.UserIndex); ok {
		wantListed(t, "ByUser of the other store", index.ByUser(t.Context(), ownerOf("ada")))
	}
	mustDelete(t, other, id)
	wantStored(t, s, id, r)
}
