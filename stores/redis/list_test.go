package redis_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// ids collects what a listing yields.
func ids(t *testing.T, list func(func(driver.Entry, error) bool)) map[driver.ID]bool {
	t.Helper()
	found := map[driver.ID]bool{}
	for e, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		if found[e.ID] {
			t.Errorf("%v is listed twice", e.ID)
		}
		found[e.ID] = true
	}
	return found
}

// 91, 92: a prefix is taken literally, and one that begins like another is
// another.
func TestPrefixesIsolate(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	var all []*redis.Store
	for _, prefix := range []string{"a:", "a:b:", `a*`, `a?`, `[ab]`, `a\`, `\*`, "{tag}", "a", "user:", "ab"} {
		s := open(t, srv.URL(), prefix)
		create(t, s, "ada")
		if _, err := s.Identify(t.Context(), driver.StoreID{1}); err != nil {
			t.Fatal(err)
		}
		announce(t, s, "0a1b2c3d", time.Hour)
		all = append(all, s)
	}
	bad := newID()
	srv.Do("SET", "a:"+bad.String(), "not a record")
	all[0].Load(t.Context(), bad)
	srv.Do("SET", "a:worker:1", "{}")
	srv.Do("SET", "a:0123456789012345678+/=", "22 characters, no id")
	for _, s := range all {
		if n, exact, err := s.Count(t.Context()); n != 1 || !exact || err != nil {
			t.Errorf("%q: count %d, exact %v, error %v", s.Prefix(), n, exact, err)
		}
		if got := ids(t, s.All(t.Context())); len(got) != 1 {
			t.Errorf("%q: lists %d", s.Prefix(), len(got))
		}
		if got := ids(t, s.ByUser(t.Context(), driver.Owner{User: "ada"})); len(got) != 1 {
			t.Errorf("%q: lists %d of the user", s.Prefix(), len(got))
		}
		if err := wantWorkers(s, "0a1b2c3d")(t.Context()); err != nil {
			t.Errorf("%q: %v", s.Prefix(), err)
		}
	}
}

// 94: nothing but SCAN and GET, however many there are; on a cluster every
// node is asked.
func TestListCommands(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	const n = 1200
	for range n {
		create(t, s, "")
	}
	watch := srv.Watch()
	if got := len(ids(t, s.All(t.Context()))); got != n {
		t.Errorf("listed %d, want %d", got, n)
	}
	seen := map[string]int{}
	for _, command := range watch.Commands() {
		seen[command[0]]++
	}
	if seen["GET"] != n || seen["SCAN"] == 0 || len(seen) != 2 {
		t.Errorf("sent %v", seen)
	}
}

// The index forgets what is gone: by itself on one server, by its deadlines
// everywhere.
func TestIndexIsCleaned(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	kept, _ := create(t, s, "ada")
	for range 250 { // more than one chunk
		id, _ := create(t, s, "ada")
		if err := s.Delete(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	key := srv.Do("KEYS", "session:user:*").([]any)[0].(string)
	if got := ids(t, s.ByUser(t.Context(), driver.Owner{User: "ada"})); len(got) != 1 || !got[kept] {
		t.Errorf("listed %v", got)
	}
	if got := srv.Do("ZCARD", key); got != int64(1) {
		t.Errorf("%v entries after the listing", got)
	}

	srv.Do("ZADD", key, fmt.Sprint(time.Now().Add(-2*time.Hour).UnixMilli()), "expired")
	srv.Do("ZADD", key, fmt.Sprint(time.Now().Add(-30*time.Minute).UnixMilli()), "in doubt")
	create(t, s, "ada")
	if got := srv.Do("ZSCORE", key, "expired"); got != nil {
		t.Error("an entry stays long after its deadline")
	}
	if got := srv.Do("ZSCORE", key, "in doubt"); got == nil {
		t.Error("an entry goes while clocks may differ")
	}
	ids(t, s.ByUser(t.Context(), driver.Owner{User: "ada"})) // what is no id does no harm
}

func TestRing(t *testing.T) {
	t.Parallel()
	ring := goredis.NewRing(&goredis.RingOptions{Addrs: map[string]string{
		"one": redistest.Start(t).Addr, "two": redistest.Start(t).Addr,
	}})
	defer ring.Close()
	useAll(t, redis.New(ring, redis.WithLogger(quiet())))
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	for _, stored := range []string{"", "0123456", "0123456789", "nonsense", "0000000g"} {
		srv.Do("SET", "session:store-id", stored)
		got, err := s.Identify(t.Context(), driver.StoreID{0xab, 1, 2, 3})
		if err != nil || got != (driver.StoreID{0xab, 1, 2, 3}) {
			t.Errorf("over %q: %v, error %v", stored, got, err)
		}
		if now := srv.Do("GET", "session:store-id"); now != "ab010203" {
			t.Errorf("over %q: stored %v", stored, now)
		}
	}
	srv.Do("DEL", "session:store-id")
	srv.Do("RPUSH", "session:store-id", "x")
	if _, err := s.Identify(t.Context(), driver.StoreID{1}); err != nil {
		t.Error(err)
	}
	if srv.Do("PTTL", "session:store-id") != int64(-1) {
		t.Error("the identity expires")
	}

	srv.Do("DEL", "session:store-id")
	answers := make(chan driver.StoreID)
	for i := range byte(16) {
		go func() {
			origin, err := s.Identify(context.Background(), driver.StoreID{i + 1})
			if err != nil {
				t.Error(err)
			}
			answers <- origin
		}()
	}
	first := <-answers
	for range 15 {
		if got := <-answers; got != first {
			t.Errorf("two answers: %v and %v", first, got)
		}
	}
}
