package file_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// 100
func TestUserIndexFollows(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	id, r := newID(), record("", "k", "v")
	mustSave(t, s, id, r)
	if exists(filepath.Join(dir, "users")) {
		t.Error("an index without a user")
	}
	steps := []struct{ user, gone string }{{"ada", ""}, {"ada", ""}, {"bob", "ada"}, {"", "bob"}, {"ada", ""}}
	for _, step := range steps {
		r.User = step.user
		mustSave(t, s, id, r)
		if step.user != "" && !exists(marker(dir, step.user, id)) {
			t.Errorf("%+v: no marker", step)
		}
		if step.gone != "" && exists(marker(dir, step.gone, id)) {
			t.Errorf("%+v: a marker stayed", step)
		}
	}
	r.Expires = time.Now().Add(-time.Second)
	mustSave(t, s, id, r)
	if names := filesBelow(t, dir); names != nil {
		t.Errorf("left after the compare and delete: %q", names)
	}
	mustSave(t, s, id, record("ada", "k", "v"))
	check(t, s.Delete(t.Context(), id))
	if names := filesBelow(t, dir); names != nil {
		t.Errorf("left after the delete: %q", names)
	}
}

// What a crash leaves is one marker too many. It is not believed, and goes
// with the first look.
func TestWrongMarkersAreDropped(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	right, bobs, missing, old := newID(), newID(), newID(), newID()
	mustSave(t, s, right, record("ada", "k", "v"))
	mustSave(t, s, bobs, record("bob", "k", "v"))
	mustSave(t, s, old, record("ada", "k", "v"))
	expire(t, pathOf(dir, old))
	for _, id := range []driver.ID{bobs, missing} {
		check(t, os.WriteFile(marker(dir, "ada", id), nil, 0o600))
	}
	if found := ids(t, s.ByUser(t.Context(), driver.Owner{User: "ada"})); len(found) != 1 || found[right] == nil {
		t.Fatalf("found %v", found)
	}
	for _, id := range []driver.ID{bobs, missing, old} {
		if exists(marker(dir, "ada", id)) {
			t.Error("a wrong marker stayed")
		}
	}
	if !exists(marker(dir, "ada", right)) || !exists(marker(dir, "bob", bobs)) {
		t.Error("a right marker is gone")
	}
}

// An expired session's marker goes before the session does. When the id is
// then used again, for the same user, it is marked again.
func TestMarkedAgain(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	id := newID()
	mustSave(t, s, id, record("ada", "k", "v"))
	expire(t, pathOf(dir, id))
	if found := ids(t, s.ByUser(t.Context(), driver.Owner{User: "ada"})); len(found) != 0 || exists(marker(dir, "ada", id)) {
		t.Fatalf("found %v", found)
	}
	mustSave(t, s, id, record("ada", "k", "v"))
	if found := ids(t, s.ByUser(t.Context(), driver.Owner{User: "ada"})); found[id] == nil {
		t.Fatal("the session is not in the index")
	}
}

// A user's folder is removed while it is empty, which a login may meet.
func TestSweepOfUsersAgainstLogins(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s, sweeper := open(t, dir), open(t, dir)
	through := make(chan struct{})
	swept := make(chan error, 1)
	go func() {
		for {
			_, err := sweeper.Sweep(t.Context())
			select {
			case <-through:
				swept <- err
				return
			default:
				if err != nil {
					swept <- err
					return
				}
			}
		}
	}()
	for range 60 {
		id := newID()
		mustSave(t, s, id, record("ada", "k", "v"))
		if found := ids(t, s.ByUser(t.Context(), driver.Owner{User: "ada"})); found[id] == nil {
			t.Fatal("the session is not in the index")
		}
		check(t, s.Delete(t.Context(), id))
	}
	close(through)
	check(t, <-swept)
}
