package storetest

import (
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// 104: a bad record must not answer 500 for ever.
func (st *suite) corruptionCases() []testCase {
	if st.corrupt == nil {
		return []testCase{{"a corrupt record", func(t *testing.T, _ driver.Store) {
			t.Skip("the option WithCorrupt is not given")
		}}}
	}
	return []testCase{
		{"a corrupt record is not found", st.corruptIsNotFound},
		{"a corrupt record can be replaced", st.corruptCanBeReplaced},
		{"a corrupt record can be deleted", st.corruptCanBeDeleted},
		{"a corrupt record does not spoil a listing", st.corruptIsNotListed},
	}
}

// createCorrupt stores a record of user and corrupts it.
func (st *suite) createCorrupt(t *testing.T, s driver.Store, user string) (driver.ID, *driver.Record) {
	t.Helper()
	id, r := createOf(t, s, user)
	st.corrupt(t, s, id)
	return id, r
}

func (st *suite) corruptIsNotFound(t *testing.T, s driver.Store) {
	kept, want := createOf(t, s, "ada")
	id, r := st.createCorrupt(t, s, "ada")
	wantAbsent(t, s, id)
	wantAbsent(t, s, id)
	wantErr(t, "Touch", s.Touch(t.Context(), id, time.Now().Add(time.Hour)), driver.ErrNotFound)
	wantErr(t, "Save of the revision before", s.Save(t.Context(), id, r), driver.ErrGone)
	wantAbsent(t, s, id)
	wantStored(t, s, kept, want)
}

func (st *suite) corruptCanBeReplaced(t *testing.T, s driver.Store) {
	id, _ := st.createCorrupt(t, s, "ada")
	wantAbsent(t, s, id)
	r := newRecord()
	r.User = "bob"
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
	if index, ok := s.(driver.UserIndex); ok {
		wantUser(t, index, "bob", id)
		wantUser(t, index, "ada")
	}
}

func (st *suite) corruptCanBeDeleted(t *testing.T, s driver.Store) {
	id, _ := st.createCorrupt(t, s, "ada")
	mustDelete(t, s, id)
	wantAbsent(t, s, id)
	mustSave(t, s, id, newRecord())
}

func (st *suite) corruptIsNotListed(t *testing.T, s driver.Store) {
	kept, _ := createOf(t, s, "ada")
	st.createCorrupt(t, s, "ada")
	if index, ok := s.(driver.UserIndex); ok {
		wantUser(t, index, "ada", kept)
	}
	if lister, ok := s.(driver.Lister); ok {
		wantListed(t, "All", lister.All(t.Context()), kept)
		wantAll(t, lister, kept)
	}
	if sweeper, ok := s.(driver.Sweeper); ok {
		mustSweep(t, sweeper)
	}
	mustLoad(t, s, kept)
}
