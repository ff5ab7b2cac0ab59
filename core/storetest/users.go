package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// 100, 114
func userCases() []testCase {
	return []testCase{
		{"a user without sessions", indexed(userWithoutSessions)},
		{"all sessions of a user", indexed(allSessionsOfUser)},
		{"the index follows login, change and logout", indexed(indexFollowsSaves)},
		{"the index follows a renewal", indexed(indexFollowsRenewal)},
		{"the index follows removal", indexed(indexFollowsRemoval)},
		{"the index follows expiry", indexed(indexFollowsExpiry)},
		{"the index follows a touch", indexed(indexFollowsTouch)},
		{"a failed save leaves the index alone", indexed(indexIgnoresFailedSaves)},
		{"users whose names are strange or alike", indexed(strangeUsers)},
		{"a listed record is the caller's own", indexed(indexedIsCopied)},
		{"leaving a user's sessions early", indexed(leavingIndexEarly)},
		{"logins at the same time", indexed(concurrentLogins)},
		{"realms are apart", indexed(realmsApart)},
		{"a session that is put back into the index", indexed(indexedAgain)},
	}
}

// indexed skips a case on stores that lack the index.
func indexed(run func(*testing.T, driver.Store, driver.UserIndex)) func(*testing.T, driver.Store) {
	return func(t *testing.T, s driver.Store) {
		run(t, s, optional[driver.UserIndex](t, s, "UserIndex"))
	}
}

// ownerOf is the user in the default realm.
func ownerOf(user string) driver.Owner { return driver.Owner{User: user} }

// wantUser fails unless the index lists exactly these sessions for user.
func wantUser(t testing.TB, index driver.UserIndex, user string, ids ...driver.ID) {
	t.Helper()
	wantListed(t, fmt.Sprintf("ByUser(%.40q)", user), index.ByUser(t.Context(), ownerOf(user)), ids...)
}

func createOf(t testing.TB, s driver.Store, user string) (driver.ID, *driver.Record) {
	t.Helper()
	id, r := newID(), newRecord()
	r.User = user
	mustSave(t, s, id, r)
	return id, r
}

func userWithoutSessions(t *testing.T, s driver.Store, index driver.UserIndex) {
	wantUser(t, index, "ada")
	create(t, s)
	createOf(t, s, "bob")
	wantUser(t, index, "ada")
}

func allSessionsOfUser(t *testing.T, s driver.Store, index driver.UserIndex) {
	records := map[driver.ID]*driver.Record{}
	var ids []driver.ID
	for i := range 20 {
		id, r := createOf(t, s, "ada")
		r.Label = strings.Repeat("\x01", i*128/19) // longer when it is escaped
		r.Details = &driver.Details{From: "192.0.2.0/24", Used: time.UnixMilli(1_700_000_000_001)}
		mustSave(t, s, id, r)
		ids, records[id] = append(ids, id), r
		createOf(t, s, "bob")
	}
	wantUser(t, index, "ada", ids...)
	found, err := listed(index.ByUser(t.Context(), ownerOf("ada")))
	if err != nil {
		t.Fatal(err)
	}
	for id, r := range records {
		r.Values = driver.Values{}
		wantSame(t, "the record that ByUser yields", found[id], r)
	}
}

func indexFollowsSaves(t *testing.T, s driver.Store, index driver.UserIndex) {
	id, r := create(t, s)
	previous := ""
	for _, user := range []string{"ada", "ada", "bob", "", "bob", "ada", ""} {
		r.User = user
		mustSave(t, s, id, r)
		if previous != "" && previous != user {
			wantUser(t, index, previous)
		}
		if user != "" {
			wantUser(t, index, user, id)
		}
		previous = user
	}
}

func indexFollowsRenewal(t *testing.T, s driver.Store, index driver.UserIndex) {
	old, r := createOf(t, s, "ada")
	renewed := r.Clone()
	renewed.Revision = 0
	id := newID()
	mustSave(t, s, id, renewed)
	mustSave(t, s, old, removal(r))
	wantUser(t, index, "ada", id)
}

func indexFollowsRemoval(t *testing.T, s driver.Store, index driver.UserIndex) {
	kept, _ := createOf(t, s, "ada")
	deleted, _ := createOf(t, s, "ada")
	removed, r := createOf(t, s, "ada")
	mustDelete(t, s, deleted)
	wantUser(t, index, "ada", kept, removed)
	mustSave(t, s, removed, removal(r))
	wantUser(t, index, "ada", kept)

	again := newRecord()
	mustSave(t, s, deleted, again)
	wantUser(t, index, "ada", kept)
	mustDelete(t, s, kept)
	wantUser(t, index, "ada")
}

// A session that expires takes neither the user's other sessions with it nor
// what keeps track of them.
func indexFollowsExpiry(t *testing.T, s driver.Store, index driver.UserIndex) {
	before, _ := createOf(t, s, "ada")
	r := newRecord()
	r.User, r.Expires = "ada", time.Now().Add(soon)
	mustSave(t, s, newID(), r)
	createExpired(t, s, "ada")
	wantUser(t, index, "ada", before)
	after, _ := createOf(t, s, "ada")
	wantUser(t, index, "ada", before, after)
}

func indexFollowsTouch(t *testing.T, s driver.Store, index driver.UserIndex) {
	id, _ := prolonged(t, s, "ada", func(id driver.ID, r *driver.Record) error {
		r.Expires = time.Now().Add(time.Hour)
		return s.Touch(t.Context(), id, r.Expires)
	})
	found, err := listed(index.ByUser(t.Context(), ownerOf("ada")))
	if err != nil {
		t.Fatal(err)
	}
	if found[id] == nil {
		t.Fatal("a session that was touched fell out of the index")
	}
}

func indexIgnoresFailedSaves(t *testing.T, s driver.Store, index driver.UserIndex) {
	id, r := createOf(t, s, "ada")
	stale := r.Clone()
	mustSave(t, s, id, r)
	stale.User = "eve"
	wantConflict(t, "a stale save", s.Save(t.Context(), id, stale))
	wantUser(t, index, "eve")
	wantUser(t, index, "ada", id)

	mustDelete(t, s, id)
	wantErr(t, "Save after Delete", s.Save(t.Context(), id, stale), driver.ErrGone)
	wantUser(t, index, "eve")
	wantUser(t, index, "ada")
}

// Names of keys and files are made of users too.
func strangeUsers(t *testing.T, s driver.Store, index driver.UserIndex) {
	owner := map[string]driver.ID{}
	for _, user := range []string{
		"a", "A", "aa", "a*", "*", "?", "[a]", "{a}", "a:b", "a:", ":", "a/b", "/", "../a", ".", "..",
		"a\\b", `a"b`, "a'b", "a b", " a", "a ", "a\n", "\t", "\x7f", "%", "a%2Fb", "_", "-", "--",
		"<a>", "$", "0", "1", "null", "ada@example.org", "grün", "日本", "🗝️", "e\u0301", "\u00e9",
		"\u2028", strings.Repeat("long", 250),
	} {
		owner[user], _ = createOf(t, s, user)
	}
	for user, id := range owner {
		wantUser(t, index, user, id)
		if got := mustLoad(t, s, id).User; got != user {
			t.Fatalf("saved user %q, loaded %q", user, got)
		}
	}
	for user, id := range owner {
		mustDelete(t, s, id)
		wantUser(t, index, user)
	}
}

// 90
func indexedIsCopied(t *testing.T, s driver.Store, index driver.UserIndex) {
	id, r := createOf(t, s, "ada")
	for entry, err := range index.ByUser(t.Context(), ownerOf("ada")) {
		if err != nil {
			t.Fatal(err)
		}
		scribble(entry.Record)
	}
	wantStored(t, s, id, r)
	wantUser(t, index, "ada", id)
}

func leavingIndexEarly(t *testing.T, s driver.Store, index driver.UserIndex) {
	var ids []driver.ID
	for range 10 {
		id, _ := createOf(t, s, "ada")
		ids = append(ids, id)
	}
	for stop := range 3 {
		seen := 0
		for _, err := range index.ByUser(t.Context(), ownerOf("ada")) {
			if err != nil {
				t.Fatal(err)
			}
			if seen++; seen > stop {
				break
			}
		}
	}
	wantUser(t, index, "ada", ids...)
	createOf(t, s, "bob")
}

func concurrentLogins(t *testing.T, s driver.Store, index driver.UserIndex) {
	users := []string{"ada", "bob", "eve", ""}
	ids := make([]driver.ID, 3)
	for i := range ids {
		ids[i], _ = create(t, s)
	}
	race(t, 6, func(ctx context.Context, i int) error {
		for n := range 10 {
			_, err := update(ctx, s, ids[i%len(ids)], func(r *driver.Record) { r.User = users[(i+n)%len(users)] })
			if err != nil {
				return err
			}
			if _, err := listed(index.ByUser(ctx, ownerOf(users[0]))); err != nil {
				return err
			}
		}
		return nil
	})
	owned := map[string][]driver.ID{}
	for _, id := range ids {
		user := mustLoad(t, s, id).User
		owned[user] = append(owned[user], id)
	}
	for _, user := range users[:3] {
		wantUser(t, index, user, owned[user]...)
	}
}

// Two apps on one store may have users of the same names.
func realmsApart(t *testing.T, s driver.Store, index driver.UserIndex) {
	ids := map[driver.Owner]driver.ID{}
	for _, o := range []driver.Owner{{User: "42"}, {Realm: "admin", User: "42"}, {Realm: "admi", User: "n42"}, {Realm: "42", User: "admin"}, {Realm: "admin", User: "a"}} {
		id, r := newID(), newRecord()
		r.Realm, r.User = o.Realm, o.User
		mustSave(t, s, id, r)
		wantStored(t, s, id, r)
		ids[o] = id
	}
	nobody := newRecord()
	nobody.Realm = "admin"
	id := newID()
	mustSave(t, s, id, nobody)
	wantStored(t, s, id, nobody)
	for o, id := range ids {
		wantListed(t, fmt.Sprintf("ByUser(%q)", o), index.ByUser(t.Context(), o), id)
	}
	wantListed(t, "ByUser of nobody", index.ByUser(t.Context(), driver.Owner{Realm: "admin"}))
}

func indexedAgain(t *testing.T, s driver.Store, index driver.UserIndex) {
	id, r := createOf(t, s, "ada")
	for range 2 {
		if err := index.Index(t.Context(), id, r); err != nil {
			t.Fatal(err)
		}
		wantUser(t, index, "ada", id)
	}
	wantStored(t, s, id, r)
}
