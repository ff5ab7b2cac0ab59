package redis_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// What the documentation promises about costs, counted by the server.
func TestCommands(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "c:")
	for _, user := range []string{"", "ada"} { // the server learns the scripts
		id, r := create(t, s, user)
		save(t, s, id, r)
		s.Touch(t.Context(), id, r.Expires)
		s.Delete(t.Context(), id)
	}

	id, r := newID(), newRecord("")
	login, loginID := newRecord("ada"), newID()
	stale := newRecord("ada")
	stale.Revision = 1
	watch := srv.Watch()
	for _, step := range []struct {
		name string
		run  func() error
		want string
	}{
		{"create", func() error { return s.Save(t.Context(), id, r) }, "[SET]"},
		{"load", func() error { _, err := s.Load(t.Context(), id); return err }, "[GET]"},
		{"save", func() error { return s.Save(t.Context(), id, r) }, "[EVALSHA]"},
		{"touch", func() error { return s.Touch(t.Context(), id, r.Expires) }, "[EVALSHA]"},
		{"create what exists", func() error { return wantConflict(s.Save(t.Context(), id, newRecord("")), 2) }, "[SET GET]"},
		{"create logged in", func() error { return s.Save(t.Context(), loginID, login) }, "[EVALSHA]"},
		{"save logged in", func() error { return s.Save(t.Context(), loginID, login) }, "[EVALSHA]"},
		{"conflict", func() error { return wantConflict(s.Save(t.Context(), loginID, stale), 2) }, "[EVALSHA]"},
		{"create what exists, logged in", func() error { return wantConflict(s.Save(t.Context(), loginID, newRecord("ada")), 2) }, "[EVALSHA]"},
		{"delete", func() error { return s.Delete(t.Context(), id) }, "[EVALSHA]"},
		{"load what is missing", func() error { return wantNotFound(s.Load(t.Context(), id)) }, "[GET GET]"},
		{"load logged in", func() error { _, err := s.LoadTagged(t.Context(), loginID, login.Owner().Tag()); return err }, "[MGET]"},
		{"load logged in, without the tag", func() error { _, err := s.Load(t.Context(), loginID); return err }, "[GET GET]"},
		{"end all", func() error { _, err := s.Revoke(t.Context(), login.Owner(), nil); return err }, "[EVALSHA EVAL]"},
		{"remove what was ended", func() error { _, _, err := s.RemoveRevoked(t.Context(), login.Owner(), 100); return err }, "[ZRANGE UNLINK UNLINK ZREM]"},
	} {
		if err := step.run(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		var sent []string
		for _, command := range watch.Commands() {
			sent = append(sent, command[0])
		}
		if got := fmt.Sprint(sent); got != step.want {
			t.Errorf("%s: sent %v, want %v", step.name, got, step.want)
		}
	}
}

// wantConflict says what is wrong with an error that should be a conflict with
// a stored revision.
func wantConflict(err error, revision uint64) error {
	var conflict *driver.ConflictError
	if !errors.As(err, &conflict) {
		return fmt.Errorf("got error %v, want a conflict", err)
	}
	if conflict.Current.Revision != revision {
		return fmt.Errorf("conflict with revision %d, want %d", conflict.Current.Revision, revision)
	}
	return nil
}

func wantNotFound(_ *driver.Record, err error) error {
	if err != driver.ErrNotFound {
		return fmt.Errorf("got error %v, want %v", err, driver.ErrNotFound)
	}
	return nil
}

// Many writers over several connections pools: nothing is lost.
func TestSaveContended(t *testing.T) {
	t.Parallel()
	const clients, writers, rounds = 3, 8, 15
	srv := redistest.Start(t)
	prefix := newPrefix()
	first := open(t, srv.URL(), prefix)
	id, _ := create(t, first, "ada")
	var wg sync.WaitGroup
	for c := range clients {
		s := first
		if c > 0 {
			s = open(t, srv.URL(), prefix)
		}
		for range writers {
			wg.Go(func() {
				r, err := s.Load(t.Context(), id)
				for done := 0; err == nil && done < rounds; {
					raw, _ := r.Values.Get("n")
					n, _ := strconv.Atoi(string(raw))
					r.Values = r.Values.With("n", []byte(strconv.Itoa(n+1)))
					err = s.Save(t.Context(), id, r)
					var conflict *driver.ConflictError
					if errors.As(err, &conflict) {
						r, err = conflict.Current, nil
						continue
					}
					done++
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	r := load(t, first, id)
	if raw, _ := r.Values.Get("n"); string(raw) != strconv.Itoa(clients*writers*rounds) {
		t.Errorf("counted to %s, want %d", raw, clients*writers*rounds)
	}
	if want := uint64(clients*writers*rounds + 1); r.Revision != want {
		t.Errorf("revision %d, want %d", r.Revision, want)
	}
}

func TestTimeToLive(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "ttl:")
	key := func(id driver.ID) string { return "ttl:" + id.String() }
	wantTTL := func(what, key string, want time.Duration) {
		t.Helper()
		got := time.Duration(srv.Do("PTTL", key).(int64)) * time.Millisecond
		if got > want || got < want-10*time.Second {
			t.Errorf("%s: time to live %v, want %v", what, got, want)
		}
	}
	for _, user := range []string{"", "ada"} {
		id, r := create(t, s, user)
		wantTTL("created", key(id), time.Hour)
		r.Expires = time.Now().Add(2 * time.Hour)
		save(t, s, id, r)
		wantTTL("saved", key(id), 2*time.Hour)
		before := srv.Do("GET", key(id)).(string)
		expires := time.Now().Add(3 * time.Hour).Truncate(time.Millisecond)
		if err := s.Touch(t.Context(), id, expires); err != nil {
			t.Fatal(err)
		}
		wantTTL("touched", key(id), 3*time.Hour)
		after := srv.Do("GET", key(id)).(string)
		if len(before) != len(after) || !load(t, s, id).Expires.Equal(expires) {
			t.Errorf("touched:\n%s\nwas\n%s", after, before)
		}
	}
	index := srv.Do("KEYS", "ttl:user:*").([]any)
	if len(index) != 1 {
		t.Fatalf("indexes: %v", index)
	}
	wantTTL("index", index[0].(string), 25*time.Hour) // the deadline, and an hour for other clocks
	long := newRecord("ada")
	long.Deadline = time.Now().Add(48 * time.Hour)
	save(t, s, newID(), long)
	create(t, s, "ada")
	wantTTL("index with a longer session", index[0].(string), 49*time.Hour)
}

// The stored form is a contract: workers of several versions share it.
func TestStoredForm(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "form:")
	id, r := create(t, s, "ada")
	want := fmt.Sprintf(`{"rev":1,"exp":%d,"end":%d,"iat":%d,"user":"ada","data":{"n":0}}`,
		r.Expires.UnixMilli(), r.Deadline.UnixMilli(), r.Created.UnixMilli())
	if got := srv.Do("GET", "form:"+id.String()); got != want {
		t.Errorf("stored\n%s\nwant\n%s", got, want)
	}
}

// A record that somebody wrote by hand can be touched and saved, and only on
// the right revision.
func TestForeignForm(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "hand:")
	id, r := create(t, s, "")
	later := time.Now().Add(2 * time.Hour).UnixMilli()
	text := fmt.Sprintf(`{ "data": {"n": 7}, "iat":%d, "end":%d, "exp":%d, "rev": 5 }`, later, later, later)
	write := func() { srv.Do("SET", "hand:"+id.String(), text, "KEEPTTL") }

	write()
	for _, expires := range []time.Time{r.Expires, time.UnixMilli(later).Add(time.Hour)} {
		if err := s.Touch(t.Context(), id, expires); err != nil {
			t.Fatal(err)
		}
		touched := load(t, s, id)
		if want := max(later, expires.UnixMilli()); touched.Expires.UnixMilli() != want || touched.Revision != 5 {
			t.Errorf("touched: %+v", touched)
		}
	}
	write()
	if err := wantConflict(s.Save(t.Context(), id, r), 5); err != nil {
		t.Error(err)
	}
	r = load(t, s, id)
	save(t, s, id, r)
	if got := load(t, s, id); got.Revision != 6 || !strings.Contains(got.Values.JSON(), "7") {
		t.Errorf("saved: %+v", got)
	}
}

func TestScriptFlush(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "flush:")
	id, r := create(t, s, "ada")
	for _, step := range []func() error{
		func() error { return s.Save(t.Context(), id, r) },
		func() error { return s.Touch(t.Context(), id, r.Expires) },
		func() error { return s.Save(t.Context(), newID(), newRecord("ada")) },
		func() error { _, err := s.Identify(t.Context(), driver.StoreID{1}); return err },
	} {
		srv.Do("SCRIPT", "FLUSH")
		if err := step(); err != nil {
			t.Error(err)
		}
	}
}
