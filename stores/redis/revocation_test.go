package redis_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

var ada = driver.Owner{User: "ada"}

func wantEnded(t *testing.T, s driver.Store, id driver.ID) {
	t.Helper()
	if r, err := s.Load(t.Context(), id); !errors.Is(err, driver.ErrNotFound) {
		t.Errorf("session %s: %+v, %v", id.Short(), r, err)
	}
}

// All sessions of a user end also when the index was evicted or lost, at the
// time or before another login made a new one.
func TestRevokeWithALostIndex(t *testing.T) {
	t.Parallel()
	for _, again := range []bool{false, true} {
		srv := redistest.Start(t)
		s := open(t, srv.URL(), "")
		var all []driver.ID
		for range 3 {
			id, _ := create(t, s, "ada")
			all = append(all, id)
		}
		for _, key := range srv.Do("KEYS", "session:user:*").([]any) {
			srv.Do("DEL", key.(string))
		}
		found := 0
		if again {
			id, _ := create(t, s, "ada")
			all, found = append(all, id), 1
		}
		if _, err := s.Revoke(t.Context(), ada, nil); err != nil {
			t.Fatal(err)
		}
		for _, id := range all {
			wantEnded(t, s, id)
			r := newRecord("ada")
			r.Revision = 1
			if err := s.Save(t.Context(), id, r); !errors.Is(err, driver.ErrGone) {
				t.Errorf("a late save: %v", err)
			}
		}
		if n, more, err := s.RemoveRevoked(t.Context(), ada, 10); n != found || more || err != nil {
			t.Errorf("removed %d, %v, %v; want the %d that the index knew", n, more, err, found)
		}
		if got := ids(t, s.All(t.Context())); len(got) != 0 {
			t.Errorf("listed %v", got)
		}
	}
}

// A session that is used comes back into an index that was lost.
func TestIndexHealed(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	id, r := create(t, s, "ada")
	srv.Do("DEL", srv.Do("KEYS", "session:user:*").([]any)[0].(string))
	if err := s.Index(t.Context(), id, r); err != nil {
		t.Fatal(err)
	}
	if got := ids(t, s.ByUser(t.Context(), ada)); !got[id] {
		t.Errorf("listed %v", got)
	}
}

// Who logs out everywhere is logged out also when Redis takes nothing more.
func TestRevokeOnAFullRedis(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	id, r := create(t, s, "ada")
	kept, _ := create(t, s, "ada")
	srv.Do("CONFIG", "SET", "maxmemory-policy", "noeviction")
	srv.Do("CONFIG", "SET", "maxmemory", "1")
	if err := s.Save(t.Context(), newID(), newRecord("")); err == nil {
		t.Fatal("Redis is not full")
	}
	if _, err := s.Revoke(t.Context(), ada, []driver.Entry{{ID: kept, Record: load(t, s, kept)}}); err != nil {
		t.Fatal(err)
	}
	wantEnded(t, s, id)
	load(t, s, kept)
	if n, _, err := s.RemoveRevoked(t.Context(), ada, 10); n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	end := *r
	end.Expires, end.Successor = time.Unix(0, 0), newID()
	if err := s.Save(t.Context(), id, &end); !errors.Is(err, driver.ErrGone) {
		t.Errorf("a late replacement: %v", err)
	}
}

// Thousands and large ones: the end itself is one command, and the removal
// reads no values.
func TestRevokeMany(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	const n = 2000
	large := driver.Values{}.With("v", []byte(`"`+strings.Repeat("x", 60_000)+`"`))
	for i := range n {
		r := newRecord("ada")
		if i%10 == 0 {
			r.Values = large
		}
		save(t, s, newID(), r)
	}
	if got := ids(t, s.ByUser(t.Context(), ada)); len(got) != n {
		t.Errorf("listed %d, want %d", len(got), n)
	}
	if _, err := s.Revoke(t.Context(), ada, nil); err != nil {
		t.Fatal(err)
	}
	watch := srv.Watch()
	removed := 0
	for more := true; more; {
		step, left, err := s.RemoveRevoked(t.Context(), ada, 300)
		if err != nil {
			t.Fatal(err)
		}
		removed, more = removed+step, left
	}
	if removed != n {
		t.Errorf("removed %d, want %d", removed, n)
	}
	for _, command := range watch.Commands() {
		if !slices.Contains([]string{"ZRANGE", "UNLINK", "ZREM"}, command[0]) {
			t.Errorf("sent %v", command)
		}
	}
}

// What a store remembers has an end.
func TestWhatIsRemembered(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	id, r := create(t, s, "ada")
	end := *r
	end.Successor = newID()
	save(t, s, id, &end)
	create(t, s, "ada")
	if _, err := s.Revoke(t.Context(), ada, nil); err != nil {
		t.Fatal(err)
	}
	for pattern, most := range map[string]time.Duration{"session:removed:*": driver.RenewedFor, "session:ended:*": driver.RevocationTTL, "session:ending:*": 48 * time.Hour} {
		keys := srv.Do("KEYS", pattern).([]any)
		if len(keys) != 1 {
			t.Errorf("%s: %d keys", pattern, len(keys))
			continue
		}
		left := time.Duration(srv.Do("PTTL", keys[0].(string)).(int64)) * time.Millisecond
		if left <= 0 || left > most || left < most/10 {
			t.Errorf("%s goes in %v, want %v at most", pattern, left, most)
		}
	}
	if n, _, err := s.RemoveRevoked(t.Context(), ada, 10); n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	if left := srv.Do("KEYS", "session:ending:*").([]any); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}

// Something else under the keys of an owner spoils nobody's requests.
func TestCorruptRevocation(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	id, r := create(t, s, "ada")
	for _, kind := range []string{"ended", "ending"} {
		key := strings.Replace(srv.Do("KEYS", "session:user:*").([]any)[0].(string), "user", kind, 1)
		for _, spoil := range [][]string{{"SET", key, "nonsense"}, {"LPUSH", key, "x"}} {
			srv.Do("DEL", key)
			srv.Do(spoil...)
			save(t, s, id, r)
			if _, err := s.LoadTagged(t.Context(), id, ada.Tag()); err != nil {
				t.Errorf("%v: LoadTagged: %v", spoil, err)
			}
			load(t, s, id)
			create(t, s, "ada")
			ids(t, s.ByUser(t.Context(), ada))
		}
	}
	if _, err := s.Revoke(t.Context(), ada, nil); err != nil {
		t.Fatal(err)
	}
	wantEnded(t, s, id)
	if _, _, err := s.RemoveRevoked(t.Context(), ada, 10); err != nil {
		t.Error(err)
	}
}

// A save that changes values alone costs the index nothing inside Redis.
func TestSaveLoggedInCosts(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	id, r := create(t, s, "ada")
	save(t, s, id, r)
	srv.Do("CONFIG", "RESETSTAT")
	for range 10 {
		r.Values = r.Values.With("n", []byte(fmt.Sprint(r.Revision)))
		r.Expires = r.Expires.Add(time.Second)
		save(t, s, id, r)
	}
	got := regexp.MustCompile(`cmdstat_([a-z|]+):calls=(\d+)`).FindAllStringSubmatch(srv.Do("INFO", "commandstats").(string), -1)
	counts := map[string]string{}
	for _, match := range got {
		counts[match[1]] = match[2]
	}
	delete(counts, "config|resetstat")
	delete(counts, "info")
	if want := (map[string]string{"evalsha": "10", "getrange": "10", "get": "10", "set": "10"}); fmt.Sprint(counts) != fmt.Sprint(want) {
		t.Errorf("ten saves ran %v inside Redis, want %v", counts, want)
	}
	r.Deadline = r.Deadline.Add(time.Hour) // what the index knows
	save(t, s, id, r)
	if !strings.Contains(srv.Do("INFO", "commandstats").(string), "cmdstat_zadd:calls=1") {
		t.Error("a moved deadline is not in the index")
	}
}
