package moving_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/storetest"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/moving"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

func files(t testing.TB) moving.Backend {
	store, err := file.Open(t.TempDir() + "/sessions")
	if err != nil {
		t.Fatal(err)
	}
	return store
}

var (
	number int // of prefixes that were given away
	mu     sync.Mutex
)

func inRedis(t testing.TB, server *redistest.Server) moving.Backend {
	mu.Lock()
	number++
	prefix := fmt.Sprintf("s%d:", number)
	mu.Unlock()
	store, err := redis.Open(t.Context(), server.URL(), redis.WithPrefix(prefix))
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// It is a store like any other, whichever way sessions go.
func TestStore(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	for name, make := range map[string]func(t testing.TB) driver.Store{
		"files to Redis": func(t testing.TB) driver.Store { return moving.New(inRedis(t, server), files(t)) },
		"Redis to files": func(t testing.TB) driver.Store { return moving.New(files(t), inRedis(t, server)) },
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t testing.TB) driver.Store {
				s := make(t)
				t.Cleanup(func() { s.Close() })
				return s
			})
		})
	}
}

func record(user string) *driver.Record {
	now := time.Now()
	r := &driver.Record{Created: now, Deadline: now.Add(time.Hour), Expires: now.Add(time.Hour), User: user}
	r.Values = r.Values.With("n", []byte("1"))
	return r
}

func id(n int) (id driver.ID) {
	copy(id[:], fmt.Sprintf("%016d", n))
	return id
}

// stored is a session of revision 3 in a store.
func stored(t *testing.T, s driver.Store, n int, user string) *driver.Record {
	t.Helper()
	r := record(user)
	for range 3 {
		if err := s.Save(t.Context(), id(n), r); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func gone(t *testing.T, s driver.Store, n int) {
	t.Helper()
	if r, err := s.Load(t.Context(), id(n)); !errors.Is(err, driver.ErrNotFound) {
		t.Errorf("session %d: %+v, %v", n, r, err)
	}
}

func TestASessionComesOverAsItIs(t *testing.T) {
	t.Parallel()
	from, to := files(t), inRedis(t, redistest.Start(t))
	want := stored(t, from, 1, "ada")
	s := moving.New(to, from)
	got, err := s.Load(t.Context(), id(1))
	if err != nil || got.Revision != want.Revision || got.User != "ada" || got.Expires.UnixMilli() != want.Expires.UnixMilli() || got.Values.JSON() != want.Values.JSON() {
		t.Fatalf("%+v, %v, want %+v", got, err, want)
	}
	gone(t, from, 1)
	if err := s.Save(t.Context(), id(1), got); err != nil || got.Revision <= want.Revision {
		t.Errorf("revision %d, %v", got.Revision, err)
	}
}

// Whatever ends a session ends it in both stores, also where it has not come over.
func TestAnEndIsAnEnd(t *testing.T) {
	t.Parallel()
	from, to := files(t), inRedis(t, redistest.Start(t))
	s := moving.New(to, from)
	for n := 1; n <= 4; n++ {
		stored(t, from, n, "ada")
	}
	if err := s.Delete(t.Context(), id(1)); err != nil {
		t.Fatal(err)
	}
	gone(t, s, 1)
	gone(t, from, 1)
	keep, err := s.Load(t.Context(), id(2))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := s.Revoke(t.Context(), keep.Owner(), []driver.Entry{{ID: id(2), Record: keep}})
	if err != nil || len(kept) != 1 {
		t.Fatal(kept, err)
	}
	gone(t, s, 3)
	gone(t, s, 4)
	if _, err := s.Load(t.Context(), id(2)); err != nil {
		t.Error("the session that was kept:", err)
	}
}

// A worker died between the two steps: the copy in the old store never counts
// again.
func TestAnOldCopyNeverComesBack(t *testing.T) {
	t.Parallel()
	from, to := files(t), inRedis(t, redistest.Start(t))
	s := moving.New(to, from)
	for n := 1; n <= 2; n++ {
		r := stored(t, from, n, "ada")
		r.Arrives = true
		if err := to.Save(t.Context(), id(n), r); err != nil {
			t.Fatal(err)
		}
	}
	r, err := s.Load(t.Context(), id(1))
	if err != nil {
		t.Fatal(err)
	}
	r.Successor = id(9)
	if err := s.Save(t.Context(), id(1), r); err != nil {
		t.Fatal(err)
	}
	gone(t, from, 1)
	if moved, err := s.Move(t.Context(), id(2)); moved || err != nil {
		t.Error(moved, err)
	}
	gone(t, from, 2)
}

// Many requests ask for sessions that come over, change them and end some: no
// change is lost, and none that has ended comes back.
func TestNothingIsLostOnTheWay(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	from, to := inRedis(t, server), files(t)
	const sessions, workers = 60, 6
	for n := range sessions {
		stored(t, from, n, "")
	}
	var wg sync.WaitGroup
	for range workers {
		s := moving.New(to, from)
		wg.Go(func() {
			for n := range sessions {
				if n%5 == 0 {
					if err := s.Delete(t.Context(), id(n)); err != nil {
						t.Error(err)
					}
					continue
				}
				increment(t, s, n)
			}
		})
	}
	wg.Wait()
	s := moving.New(to, from)
	for n := range sessions {
		r, err := s.Load(t.Context(), id(n))
		switch raw, _ := values(r, "n"); {
		case n%5 == 0 && !errors.Is(err, driver.ErrNotFound):
			t.Errorf("session %d has ended: %+v, %v", n, r, err)
		case n%5 != 0 && (err != nil || raw != fmt.Sprint(1+workers)):
			t.Errorf("session %d: %s, %v", n, raw, err)
		}
		if n%5 != 0 {
			gone(t, from, n)
		}
	}
}

func values(r *driver.Record, key string) (string, bool) {
	if r == nil {
		return "", false
	}
	raw, ok := r.Values.Get(key)
	return string(raw), ok
}

func increment(t *testing.T, s driver.Store, n int) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		r, err := s.Load(ctx, id(n))
		if err != nil {
			t.Errorf("session %d: %v", n, err)
			return
		}
		var count int
		raw, _ := values(r, "n")
		fmt.Sscan(raw, &count)
		r.Values = r.Values.With("n", fmt.Append(nil, count+1))
		var conflict *driver.ConflictError
		if err = s.Save(ctx, id(n), r); err == nil {
			return
		}
		if !errors.As(err, &conflict) {
			t.Errorf("session %d: %v", n, err)
			return
		}
	}
}
