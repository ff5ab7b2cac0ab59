package storetest

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

func expiryCases() []testCase {
	return []testCase{
		{"an expired record is not found", expiredIsNotFound},
		{"a save over an expired record is gone", saveOverExpiredIsGone},
		{"a create over an expired record works", createOverExpired},
		{"a save moves the expiry nearer", saveShortens},
		{"a save moves the expiry away", saveProlongs},
		{"a save keeps the expiry", saveKeeps},
		{"touch keeps a record alive", touchProlongs},
		{"126 touch never shortens", touchNeverShortens},
		{"an idle time of its own", idleTime},
		{"touch changes the expiry and nothing else", touchKeepsTheRest},
		{"touch fits between load and save", touchIsNoConflict},
		{"touch takes any expiry ahead", touchFarAhead},
		{"touch never creates", touchNeverCreates},
		{"touch does not revive an expired record", touchDoesNotRevive},
	}
}

// 34
func expiredIsNotFound(t *testing.T, s driver.Store) {
	live, r := create(t, s)
	id, _ := createExpired(t, s, "")
	wantAbsent(t, s, id)
	mustDelete(t, s, id)
	wantStored(t, s, live, r)
}

// 79
func saveOverExpiredIsGone(t *testing.T, s driver.Store) {
	id, r := createExpired(t, s, "")
	r.Revision = max(r.Revision, 1)
	r.Expires = time.Now().Add(time.Hour)
	before := *r
	wantErr(t, "Save", s.Save(t.Context(), id, r), driver.ErrGone)
	if *r != before {
		t.Fatalf("a failed save changed the record from %+v to %+v", before, *r)
	}
	wantAbsent(t, s, id)

	r.Expires = time.Now().Add(-time.Hour)
	wantErr(t, "removal", s.Save(t.Context(), id, r), driver.ErrGone)
}

func createOverExpired(t *testing.T, s driver.Store) {
	id, _ := createExpired(t, s, "ada")
	r := newRecord()
	r.User = "bob"
	mustSave(t, s, id, r)
	if r.Revision == 0 {
		t.Fatal("the revision is 0 after a successful save")
	}
	wantStored(t, s, id, r)
	if index, ok := s.(driver.UserIndex); ok {
		wantListed(t, "ByUser of the expired one's user", index.ByUser(t.Context(), ownerOf("ada")))
		wantListed(t, "ByUser", index.ByUser(t.Context(), ownerOf("bob")), id)
	}
}

func saveShortens(t *testing.T, s driver.Store) {
	id, r := create(t, s)
	r.Expires = time.Now().Add(soon)
	mustSave(t, s, id, r)
	expired(t, s, id)
}

// 35
func saveProlongs(t *testing.T, s driver.Store) {
	id, r := prolonged(t, s, "", func(id driver.ID, r *driver.Record) error {
		r.Expires = time.Now().Add(time.Hour)
		return s.Save(t.Context(), id, r)
	})
	wantStored(t, s, id, r)
}

// 127: what a touch has lengthened since the record was loaded, too.
func saveKeeps(t *testing.T, s driver.Store) {
	for _, user := range []string{"", "ada"} {
		id, r := createOf(t, s, user)
		for revision := range 12 { // across a change of the number's width
			expires := r.Expires.Add(time.Duration(revision) * time.Minute)
			if err := s.Touch(t.Context(), id, expires); err != nil {
				t.Fatalf("Touch: %v", err)
			}
			r.Values = r.Values.With("color", json.RawMessage(fmt.Sprint(revision)))
			r.Expires, r.KeepExpires = time.Now().Add(20*time.Hour), true
			mustSave(t, s, id, r)
			if !r.Expires.Equal(expires.Truncate(time.Millisecond)) {
				t.Fatalf("after the save the record expires %v, want %v", r.Expires, expires)
			}
			wantStored(t, s, id, r)
		}
		r.Expires, r.KeepExpires = time.Now().Add(time.Minute), false
		mustSave(t, s, id, r)
		wantStored(t, s, id, r)
	}
	id, r := newID(), newRecord()
	r.KeepExpires = true // of nothing
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
	r.Revision++
	wantConflict(t, "Save", s.Save(t.Context(), id, r))
	mustDelete(t, s, id)
	wantErr(t, "Save", s.Save(t.Context(), id, r), driver.ErrGone)
}

// 126: whoever touches knows the record from when it was loaded.
func touchNeverShortens(t *testing.T, s driver.Store) {
	for _, user := range []string{"", "ada"} {
		id, r := createOf(t, s, user)
		for _, expires := range []time.Time{r.Expires, r.Expires.Add(-time.Millisecond), time.Now().Add(time.Minute), time.Now(), time.Now().Add(-time.Hour), time.UnixMilli(1), {}} {
			if err := s.Touch(t.Context(), id, expires); err != nil {
				t.Fatalf("Touch to %v: %v", expires, err)
			}
			wantStored(t, s, id, r)
		}
		r.Expires = r.Expires.Add(time.Millisecond)
		if err := s.Touch(t.Context(), id, r.Expires); err != nil {
			t.Fatalf("Touch: %v", err)
		}
		wantStored(t, s, id, r)
	}
}

func idleTime(t *testing.T, s driver.Store) {
	id, r := newID(), newRecord()
	for _, idle := range []time.Duration{time.Millisecond, 90 * time.Minute, 0, 30 * 24 * time.Hour, math.MaxInt64 / time.Millisecond * time.Millisecond} {
		r.Idle = idle
		mustSave(t, s, id, r)
		wantStored(t, s, id, r)
		r.Expires = r.Expires.Add(time.Minute)
		if err := s.Touch(t.Context(), id, r.Expires); err != nil {
			t.Fatalf("Touch: %v", err)
		}
		wantStored(t, s, id, r)
	}
}

// 35, 41
func touchProlongs(t *testing.T, s driver.Store) {
	id, r := prolonged(t, s, "ada", func(id driver.ID, r *driver.Record) error {
		r.Expires = time.Now().Add(time.Hour)
		return s.Touch(t.Context(), id, r.Expires)
	})
	wantStored(t, s, id, r)
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
}

// 41, 43
func touchKeepsTheRest(t *testing.T, s driver.Store) {
	id, r := newID(), newRecord()
	r.User, r.Values = "ada", values("a", `{"exp":1}`, "b", `"é"`)
	mustSave(t, s, id, r)
	mustSave(t, s, id, r)
	for i := range 3 {
		r.Expires = r.Expires.Add(time.Minute + time.Duration(i)*time.Millisecond)
		if err := s.Touch(t.Context(), id, r.Expires); err != nil {
			t.Fatalf("Touch: %v", err)
		}
		wantStored(t, s, id, r)
	}
}

// 41: a touch by one request is no reason for another's save to fail.
func touchIsNoConflict(t *testing.T, s driver.Store) {
	id, _ := create(t, s)
	r := mustLoad(t, s, id)
	if err := s.Touch(t.Context(), id, r.Expires.Add(time.Minute)); err != nil {
		t.Fatalf("Touch: %v", err)
	}
	r.Values = r.Values.With("after", []byte(`true`))
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
}

// 44
func touchFarAhead(t *testing.T, s driver.Store) {
	id, r := create(t, s)
	if err := s.Touch(t.Context(), id, time.Now().Add(math.MaxInt64)); err != nil {
		t.Fatalf("Touch: %v", err)
	}
	got := mustLoad(t, s, id)
	if got.Expires.Before(time.UnixMilli(9_999_999_999_999)) {
		t.Fatalf("touched for centuries, expires %v", got.Expires)
	}
	got.Expires = r.Expires
	wantSame(t, "Load after Touch", got, r)
}

// 42
func touchNeverCreates(t *testing.T, s driver.Store) {
	id := newID()
	err := s.Touch(t.Context(), id, time.Now().Add(time.Hour))
	wantErr(t, "Touch of a missing record", err, driver.ErrNotFound)
	wantAbsent(t, s, id)
	mustSave(t, s, id, newRecord())
}

// 42
func touchDoesNotRevive(t *testing.T, s driver.Store) {
	id, _ := createExpired(t, s, "ada")
	err := s.Touch(t.Context(), id, time.Now().Add(time.Hour))
	wantErr(t, "Touch of an expired record", err, driver.ErrNotFound)
	wantAbsent(t, s, id)
	if index, ok := s.(driver.UserIndex); ok {
		wantListed(t, "ByUser", index.ByUser(t.Context(), ownerOf("ada")))
	}
}
