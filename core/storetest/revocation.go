package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// 119
func revocationCases() []testCase {
	return []testCase{
		{"all sessions of an owner end at once", indexed(revokedAtOnce)},
		{"what is kept goes on", indexed(keptGoesOn)},
		{"what has ended already cannot be kept", indexed(endedNotKept)},
		{"who begins afterwards is not ended", indexed(begunAfterwards)},
		{"a session from before cannot be copied", indexed(notCopied)},
		{"each revocation is of a later generation", indexed(laterGenerations)},
		{"the records are removed in steps and counted", indexed(removedInSteps)},
		{"realms are revoked apart", indexed(realmsRevokedApart)},
		{"nobody is nobody", indexed(nobodyRevoked)},
		{"loading by any tag is the same", loadedByAnyTag},
		{"many are removed at once", manyRemoved},
	}
}

// revoke ends an owner's sessions but those to keep, and fails unless these
// many were kept.
func revoke(t testing.TB, index driver.UserIndex, o driver.Owner, kept int, keep ...driver.Entry) {
	t.Helper()
	ids, err := index.Revoke(t.Context(), o, keep)
	if err != nil {
		t.Fatalf("Revoke: %v", err)
	}
	if len(ids) != kept {
		t.Fatalf("Revoke kept %v, want %d of %d", ids, kept, len(keep))
	}
}

// removeRevoked removes all there is, most at a time.
func removeRevoked(t testing.TB, index driver.UserIndex, o driver.Owner, most int) (removed int) {
	t.Helper()
	for range 1000 {
		n, more, err := index.RemoveRevoked(t.Context(), o, most)
		if err != nil || n > most {
			t.Fatalf("RemoveRevoked: %d of at most %d, %v", n, most, err)
		}
		if removed += n; !more {
			return removed
		}
	}
	t.Fatal("RemoveRevoked comes to no end")
	return removed
}

func revokedAtOnce(t *testing.T, s driver.Store, index driver.UserIndex) {
	var ids []driver.ID
	for range 5 {
		id, _ := createOf(t, s, "ada")
		ids = append(ids, id)
	}
	bob, record := createOf(t, s, "bob")
	revoke(t, index, ownerOf("ada"), 0)
	for _, id := range ids {
		wantAbsent(t, s, id)
	}
	wantUser(t, index, "ada")
	if lister, ok := s.(driver.Lister); ok {
		wantListed(t, "All", lister.All(t.Context()), bob)
	}
	if n := removeRevoked(t, index, ownerOf("ada"), 100); n != len(ids) {
		t.Fatalf("removed %d, want %d", n, len(ids))
	}
	if n := removeRevoked(t, index, ownerOf("ada"), 100); n != 0 {
		t.Fatalf("removed %d more", n)
	}
	wantStored(t, s, bob, record)
	wantUser(t, index, "bob", bob)
}

func keptGoesOn(t *testing.T, s driver.Store, index driver.UserIndex) {
	kept, r := createOf(t, s, "ada")
	other, _ := createOf(t, s, "ada")
	for range 3 {
		revoke(t, index, ownerOf("ada"), 1, driver.Entry{ID: kept, Record: mustLoad(t, s, kept)})
		wantAbsent(t, s, other)
		wantUser(t, index, "ada", kept)
		loaded := mustLoad(t, s, kept)
		if loaded.Generation <= r.Generation {
			t.Fatalf("the kept one is of generation %d still", loaded.Generation)
		}
		r = loaded
		other, _ = createAgain(t, s, "ada")
	}
	mustSave(t, s, kept, r) // and is what it is called by its record from now on
	wantStored(t, s, kept, r)
	next, copied := newID(), r.Clone()
	copied.Revision = 0
	mustSave(t, s, next, copied)
	mustSave(t, s, kept, replacement(r, next))
	wantUser(t, index, "ada", next, other)
	removeRevoked(t, index, ownerOf("ada"), 100)
	wantUser(t, index, "ada", next, other)
}

// createAgain creates a session as a login does that may come after a
// revocation.
func createAgain(t testing.TB, s driver.Store, user string) (driver.ID, *driver.Record) {
	t.Helper()
	id, r := newID(), newRecord()
	r.User = user
	err := s.Save(t.Context(), id, r)
	if revoked, ok := errors.AsType[*driver.RevokedError](err); ok {
		r.Generation = revoked.Generation
		err = s.Save(t.Context(), id, r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return id, r
}

func endedNotKept(t *testing.T, s driver.Store, index driver.UserIndex) {
	first, _ := createOf(t, s, "ada")
	second, _ := createOf(t, s, "ada")
	a, b := driver.Entry{ID: first, Record: mustLoad(t, s, first)}, driver.Entry{ID: second, Record: mustLoad(t, s, second)}
	revoke(t, index, ownerOf("ada"), 1, a)
	revoke(t, index, ownerOf("ada"), 0, b) // ended by the one before: nothing happens
	wantAbsent(t, s, second)
	if r := mustLoad(t, s, first); r.User != "ada" {
		t.Fatalf("the kept one is %q's", r.User)
	}
	revoke(t, index, ownerOf("ada"), 1, a, b)
	wantAbsent(t, s, second)
	wantUser(t, index, "ada", first)
}

func begunAfterwards(t *testing.T, s driver.Store, index driver.UserIndex) {
	createOf(t, s, "ada")
	revoke(t, index, ownerOf("ada"), 0)
	id, r := newID(), newRecord()
	r.User = "ada"
	err := s.Save(t.Context(), id, r)
	revoked, ok := errors.AsType[*driver.RevokedError](err)
	if !ok || !errors.Is(err, driver.ErrGone) || revoked.Generation == 0 {
		t.Fatalf("a session of the first generation was created: %v", err)
	}
	wantAbsent(t, s, id)
	r.Generation = revoked.Generation
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
	wantUser(t, index, "ada", id)
	if n := removeRevoked(t, index, ownerOf("ada"), 100); n != 1 {
		t.Fatalf("removed %d, want 1", n)
	}
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
	wantUser(t, index, "ada", id)
}

// The race of a renewal that read the session before it was ended.
func notCopied(t *testing.T, s driver.Store, index driver.UserIndex) {
	id, r := createOf(t, s, "ada")
	revoke(t, index, ownerOf("ada"), 0)
	next, copied := newID(), r.Clone()
	copied.Revision = 0
	wantErr(t, "a copy of an ended session", s.Save(t.Context(), next, copied), driver.ErrGone)
	wantAbsent(t, s, next)
	if err := s.Save(t.Context(), id, r); err != nil && !errors.Is(err, driver.ErrGone) {
		t.Fatalf("a late save: %v", err)
	}
	wantAbsent(t, s, id)
	wantUser(t, index, "ada")
}

func laterGenerations(t *testing.T, s driver.Store, index driver.UserIndex) {
	var last uint64
	for range 5 {
		revoke(t, index, ownerOf("ada"), 0)
		_, r := createAgain(t, s, "ada")
		if r.Generation <= last {
			t.Fatalf("generation %d came after %d", r.Generation, last)
		}
		last = r.Generation
	}
}

func removedInSteps(t *testing.T, s driver.Store, index driver.UserIndex) {
	const n = 25
	for range n {
		createOf(t, s, "ada")
	}
	gone, _ := createOf(t, s, "ada")
	mustDelete(t, s, gone)
	createExpired(t, s, "ada")
	revoke(t, index, ownerOf("ada"), 0)
	later, _ := createAgain(t, s, "ada")
	if removed := removeRevoked(t, index, ownerOf("ada"), 4); removed != n {
		t.Fatalf("removed %d, want %d", removed, n)
	}
	wantUser(t, index, "ada", later)
}

func realmsRevokedApart(t *testing.T, s driver.Store, index driver.UserIndex) {
	customer, _ := createOf(t, s, "42")
	admin, r := newID(), newRecord()
	r.User, r.Realm = "42", "admin"
	mustSave(t, s, admin, r)
	revoke(t, index, ownerOf("42"), 0)
	removeRevoked(t, index, ownerOf("42"), 100)
	wantAbsent(t, s, customer)
	wantStored(t, s, admin, r)
	revoke(t, index, r.Owner(), 0)
	wantAbsent(t, s, admin)
}

func nobodyRevoked(t *testing.T, s driver.Store, index driver.UserIndex) {
	id, r := create(t, s)
	revoke(t, index, driver.Owner{}, 0)
	if n := removeRevoked(t, index, driver.Owner{}, 100); n != 0 {
		t.Fatalf("removed %d", n)
	}
	wantStored(t, s, id, r)
}

func loadedByAnyTag(t *testing.T, s driver.Store) {
	loader := optional[driver.TagLoader](t, s, "TagLoader")
	tags := []driver.OwnerTag{{}, {1, 2, 3}, ownerOf("ada").Tag(), ownerOf("bob").Tag()}
	load := func(id driver.ID, want *driver.Record) {
		t.Helper()
		for _, tag := range tags {
			got, err := loader.LoadTagged(t.Context(), id, tag)
			switch {
			case want == nil && !errors.Is(err, driver.ErrNotFound):
				t.Fatalf("tag %x: %v, %v", tag, got, err)
			case want != nil && err != nil:
				t.Fatalf("tag %x: %v", tag, err)
			case want != nil:
				wantSame(t, "LoadTagged", got, want)
			}
		}
	}
	nobody, r := create(t, s)
	load(nobody, r)
	load(newID(), nil)
	ada, r := createOf(t, s, "ada")
	load(ada, r)
	if index, ok := s.(driver.UserIndex); ok {
		revoke(t, index, ownerOf("ada"), 0)
		load(ada, nil)
		revoke(t, index, ownerOf("bob"), 0)
		bob, r := createAgain(t, s, "bob")
		load(bob, r)
	}
}

func manyRemoved(t *testing.T, s driver.Store) {
	remover := optional[driver.Remover](t, s, "Remover")
	ids := []driver.ID{newID()}
	for i := range 20 {
		id, _ := createOf(t, s, []string{"", "ada"}[i%2])
		ids = append(ids, id)
	}
	kept, r := create(t, s)
	if n, err := remover.Remove(t.Context(), ids); n != len(ids)-1 || err != nil {
		t.Fatalf("Remove: %d, %v; want %d", n, err, len(ids)-1)
	}
	if n, err := remover.Remove(t.Context(), ids); n != 0 || err != nil {
		t.Fatalf("again: %d, %v", n, err)
	}
	for _, id := range ids {
		wantAbsent(t, s, id)
	}
	wantStored(t, s, kept, r)
	if n, err := remover.Remove(t.Context(), nil); n != 0 || err != nil {
		t.Fatalf("none: %d, %v", n, err)
	}
}

// What one process ends has ended for the other, and what one keeps lives.
func oneRevocation(t *testing.T, a, b driver.Store) {
	indexA, indexB := optional[driver.UserIndex](t, a, "UserIndex"), optional[driver.UserIndex](t, b, "UserIndex")
	id, r := createOf(t, a, "ada")
	kept, _ := createOf(t, a, "ada")
	revoke(t, indexB, ownerOf("ada"), 1, driver.Entry{ID: kept, Record: mustLoad(t, b, kept)})
	wantAbsent(t, a, id)
	mustLoad(t, a, kept)
	r.Revision = 0
	wantErr(t, "a copy", a.Save(t.Context(), newID(), r), driver.ErrGone)
	next, _ := createAgain(t, a, "ada")
	wantUser(t, indexB, "ada", kept, next)
	if n := removeRevoked(t, indexA, ownerOf("ada"), 10); n != 1 {
		t.Fatalf("removed %d, want 1", n)
	}

	// Of many that end all others at a time, one is left.
	const logins = 6
	entries := make([]driver.Entry, logins)
	for i := range entries {
		id, _ := createOf(t, a, "eve")
		entries[i] = driver.Entry{ID: id, Record: mustLoad(t, a, id)}
	}
	race(t, logins, func(ctx context.Context, i int) error {
		index := indexA
		if i%2 == 0 {
			index = indexB
		}
		_, err := index.Revoke(ctx, ownerOf("eve"), entries[i:i+1])
		return err
	})
	live := 0
	for _, e := range entries {
		if _, err := a.Load(t.Context(), e.ID); err == nil {
			live++
		}
	}
	if live != 1 {
		t.Fatalf("%d of %d are left that each ended all others", live, logins)
	}
}
