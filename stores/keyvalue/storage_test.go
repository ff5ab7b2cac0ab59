package keyvalue_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/keyvalue"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// stores are two of each kind on the same place, as two workers have.
func stores(t *testing.T) map[string][2]driver.Store {
	t.Helper()
	memory, folder, server := memstore.New(0), t.TempDir()+"/sessions", redistest.Start(t)
	all := map[string][2]driver.Store{"memory": {memory, memory}}
	for i := range 2 {
		f, err := file.Open(folder, file.WithSweepInterval(-1))
		if err != nil {
			t.Fatal(err)
		}
		r, err := redis.Open(t.Context(), server.URL())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close(); r.Close() })
		files, redises := all["file"], all["redis"]
		files[i], redises[i] = f, r
		all["file"], all["redis"] = files, redises
	}
	return all
}

func want(t *testing.T, st *keyvalue.Storage, key, value string) {
	t.Helper()
	if got, err := st.Get(key); string(got) != value || err != nil {
		t.Errorf("%q is %q, %v; want %q", key, got, err, value)
	}
}

// What one worker sets another gets; storages of different names, and sessions, know
// nothing of each other.
func TestStorage(t *testing.T) {
	t.Parallel()
	for name, of := range stores(t) {
		t.Run(name, func(t *testing.T) {
			a, b, other := keyvalue.New(of[0], "cache"), keyvalue.New(of[1], "cache"), keyvalue.New(of[1], "limiter")
			for i := range 3 {
				value := fmt.Sprint("\x00\xff", i)
				if err := a.Set("k", []byte(value), 0); err != nil {
					t.Error(err)
				}
				want(t, b, "k", value)
			}
			want(t, other, "k", "")
			want(t, a, "nothing", "")
			large := bytes.Repeat([]byte("0123456789"), 10_000)
			if err := errors.Join(a.Set("", []byte("x"), 0), a.Set("empty", nil, 0), a.Set("large", large, time.Hour), a.Delete("nothing"), a.Delete("")); err != nil {
				t.Error(err)
			}
			want(t, a, "empty", "")
			want(t, b, "large", string(large))
			if err := errors.Join(b.Delete("k"), a.Set("k", []byte("again"), time.Hour), other.Set("k", []byte("other"), 0)); err != nil {
				t.Error(err)
			}
			want(t, b, "k", "again")
			session := &driver.Record{Created: time.Now(), Deadline: time.Now().Add(time.Hour), Expires: time.Now().Add(time.Hour)}
			if err := of[0].Save(t.Context(), driver.ID{1}, session); err != nil {
				t.Fatal(err)
			}
			if err := a.Reset(); err != nil {
				t.Error(err)
			}
			want(t, b, "k", "")
			want(t, other, "k", "other")
			if _, err := of[1].Load(t.Context(), driver.ID{1}); err != nil {
				t.Errorf("the session is gone: %v", err)
			}
			done, cancel := context.WithCancel(t.Context())
			cancel()
			if err := a.SetWithContext(done, "k", []byte("late"), 0); !errors.Is(err, context.Canceled) {
				t.Errorf("with a context that is over: %v", err)
			}
			want(t, a, "k", "")
		})
	}
}

// Where deleted keys stay so, a slow request brings nothing back.
func TestKeepDeleted(t *testing.T) {
	t.Parallel()
	for name, of := range stores(t) {
		t.Run(name, func(t *testing.T) {
			a, b := keyvalue.New(of[0], "forms").KeepDeleted(), keyvalue.New(of[1], "forms").KeepDeleted()
			if err := errors.Join(a.Set("id", []byte("1"), time.Hour), a.Set("id", []byte("2"), time.Hour), b.Delete("id"), b.Delete("id")); err != nil {
				t.Error(err)
			}
			if err := a.Set("id", []byte("3"), time.Hour); !errors.Is(err, keyvalue.ErrDeleted) {
				t.Errorf("what was deleted is set again: %v", err)
			}
			want(t, a, "id", "")
		})
	}
}

// A value ends when it was told to.
func TestEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New(0)
		defer store.Close()
		st := keyvalue.New(store, "limiter")
		if err := errors.Join(st.Set("short", []byte("x"), time.Minute), st.Set("long", []byte("y"), 0)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute - 1)
		want(t, st, "short", "x")
		time.Sleep(time.Hour)
		want(t, st, "short", "")
		want(t, st, "long", "y")
	})
}

// Sets at a time all come through, and one of them stays.
func TestSetsAtATime(t *testing.T) {
	t.Parallel()
	for name, of := range stores(t) {
		t.Run(name, func(t *testing.T) {
			var all sync.WaitGroup
			for i := range 8 {
				all.Go(func() {
					if err := keyvalue.New(of[i%2], "limiter").Set("k", []byte{byte('a' + i)}, time.Hour); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if v, err := keyvalue.New(of[0], "limiter").Get("k"); len(v) != 1 || err != nil {
				t.Errorf("%q, %v", v, err)
			}
		})
	}
}
