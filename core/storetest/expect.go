package storetest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// newID draws an id that no other case uses.
func newID() (id driver.ID) {
	rand.Read(id[:])
	return id
}

// newRecord makes a record, not stored yet, that lives long enough for any
// case.
func newRecord() *driver.Record {
	now := time.Now()
	return &driver.Record{
		Created:  now,
		Deadline: now.Add(24 * time.Hour),
		Expires:  now.Add(time.Hour),
		Values:   driver.Values{}.With("color", json.RawMessage(`"red"`)),
	}
}

// create stores a new record and returns its id.
func create(t testing.TB, s driver.Store) (driver.ID, *driver.Record) {
	t.Helper()
	id, r := newID(), newRecord()
	mustSave(t, s, id, r)
	return id, r
}

func mustSave(t testing.TB, s driver.Store, id driver.ID, r *driver.Record) {
	t.Helper()
	before := r.Revision
	if err := s.Save(t.Context(), id, r); err != nil {
		t.Fatalf("Save at revision %d: %v", before, err)
	}
}

func mustLoad(t testing.TB, s driver.Store, id driver.ID) *driver.Record {
	t.Helper()
	r, err := s.Load(t.Context(), id)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	if r == nil {
		t.Fatal("Load returned neither a record nor an error")
	}
	return r
}

func mustDelete(t testing.TB, s driver.Store, id driver.ID) {
	t.Helper()
	if err := s.Delete(t.Context(), id); err != nil {
		t.Fatalf("Delete: %v", err)
	}
}

// wantErr fails unless err is target.
func wantErr(t testing.TB, what string, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("%s: got error %v, want %v", what, err, target)
	}
}

// wantAbsent fails when the store has a live record under id.
func wantAbsent(t testing.TB, s driver.Store, id driver.ID) {
	t.Helper()
	_, err := s.Load(t.Context(), id)
	wantErr(t, "Load of a record that should not be there", err, driver.ErrNotFound)
}

// wantConflict fails unless err is a *driver.ConflictError, whose current
// record it returns.
func wantConflict(t testing.TB, what string, err error) *driver.Record {
	t.Helper()
	conflict, ok := errors.AsType[*driver.ConflictError](err)
	if !ok {
		t.Fatalf("%s: got error %v, want a *driver.ConflictError", what, err)
	}
	if conflict.Current == nil {
		t.Fatalf("%s: the ConflictError carries no current record", what)
	}
	return conflict.Current
}

// wantStored fails unless the store holds exactly want under id.
func wantStored(t testing.TB, s driver.Store, id driver.ID, want *driver.Record) {
	t.Helper()
	wantSame(t, "Load", mustLoad(t, s, id), want)
}

// wantSame fails unless both records are the same, times to the millisecond.
func wantSame(t testing.TB, what string, got, want *driver.Record) {
	t.Helper()
	if diff := difference(got, want); diff != "" {
		t.Fatalf("%s: %s", what, diff)
	}
}

// difference says what the first difference of two records is, "" when there
// is none.
func difference(got, want *driver.Record) string {
	switch {
	case got.Revision != want.Revision:
		return fmt.Sprintf("revision is %d, want %d", got.Revision, want.Revision)
	case got.Owner() != want.Owner():
		return fmt.Sprintf("owner is %q, want %q", got.Owner(), want.Owner())
	case got.Generation != want.Generation:
		return fmt.Sprintf("generation is %d, want %d", got.Generation, want.Generation)
	case got.Label != want.Label:
		return fmt.Sprintf("the label is %q, want %q", got.Label, want.Label)
	case !reflect.DeepEqual(got.Detailed(), want.Detailed()):
		return fmt.Sprintf("the details are %+v, want %+v", *got.Detailed(), *want.Detailed())
	case got.Created.UnixMilli() != want.Created.UnixMilli():
		return fmt.Sprintf("created is %v, want %v", got.Created, want.Created)
	case got.Deadline.UnixMilli() != want.Deadline.UnixMilli():
		return fmt.Sprintf("deadline is %v, want %v", got.Deadline, want.Deadline)
	case got.Idle != want.Idle:
		return fmt.Sprintf("the idle time is %v, want %v", got.Idle, want.Idle)
	case got.Expires.UnixMilli() != want.Expires.UnixMilli():
		return fmt.Sprintf("expires is %v, want %v", got.Expires, want.Expires)
	case !sameValues(got.Values, want.Values):
		return fmt.Sprintf("values are %.200s, want %.200s", got.Values.JSON(), want.Values.JSON())
	}
	return ""
}

// sameValues compares key by key and leaves a store free to order members
// and space as it likes.
func sameValues(a, b driver.Values) bool {
	return a.JSON() == b.JSON() || reflect.DeepEqual(decoded(a), decoded(b))
}

func decoded(v driver.Values) map[string]any {
	values := map[string]any{}
	for key, raw := range v.All() {
		dec := json.NewDecoder(strings.NewReader(raw))
		dec.UseNumber()
		var value any
		if err := dec.Decode(&value); err != nil {
			value = err.Error() + ": " + raw
		}
		values[key] = value
	}
	return values
}

// listed drains a listing. An error or a session that comes twice is an
// error.
func listed(seq iter.Seq2[driver.Entry, error]) (map[driver.ID]*driver.Record, error) {
	found := map[driver.ID]*driver.Record{}
	for entry, err := range seq {
		if err != nil {
			return found, err
		}
		if entry.Record == nil {
			return found, fmt.Errorf("an entry without a record")
		}
		if found[entry.ID] != nil {
			return found, fmt.Errorf("session %s is listed twice", entry.ID.Short())
		}
		found[entry.ID] = entry.Record
	}
	return found, nil
}

// wantListed fails unless the listing yields exactly these sessions.
func wantListed(t testing.TB, what string, seq iter.Seq2[driver.Entry, error], ids ...driver.ID) {
	t.Helper()
	found, err := listed(seq)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for _, id := range ids {
		if found[id] == nil {
			t.Fatalf("%s: session %s is missing among %d", what, id.Short(), len(found))
		}
	}
	if len(found) != len(ids) {
		t.Fatalf("%s: got %d sessions, want %d", what, len(found), len(ids))
	}
}

// update repeats a compare-and-swap until it is through, and returns the
// record as saved.
func update(ctx context.Context, s driver.Store, id driver.ID, change func(*driver.Record)) (*driver.Record, error) {
	r, err := s.Load(ctx, id)
	for err == nil {
		change(r)
		err = s.Save(ctx, id, r)
		if err == nil {
			return r, nil
		}
		if conflict, ok := errors.AsType[*driver.ConflictError](err); ok && conflict.Current != nil {
			r, err = conflict.Current, ctx.Err()
		}
	}
	return nil, err
}
