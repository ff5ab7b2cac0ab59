package memstore_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

// Package storetest runs the store contract on it. Here is what is
// its own: the exact moment of expiry, the limit, and making room.

func randomID() (id driver.ID) {
	rand.Read(id[:])
	return id
}

// recordFor makes a new record that lives for a while.
func recordFor(life time.Duration) *driver.Record {
	now := time.Now()
	return &driver.Record{Created: now, Deadline: now.Add(24 * time.Hour), Expires: now.Add(life)}
}

func TestMemoryExpiresToTheMillisecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, id, ctx := memstore.New(0), randomID(), t.Context()
		if err := s.Save(ctx, id, recordFor(time.Second)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(999 * time.Millisecond)
		if _, err := s.Load(ctx, id); err != nil {
			t.Errorf("a millisecond before its end: %v", err)
		}
		time.Sleep(time.Millisecond)
		if _, err := s.Load(ctx, id); !errors.Is(err, driver.ErrNotFound) {
			t.Errorf("at its end: got error %v, want %v", err, driver.ErrNotFound)
		}
		if n, exact, err := s.Count(ctx); n != 0 || !exact || err != nil {
			t.Errorf("Count = %d, %v, %v", n, exact, err)
		}
	})
}

func TestMemoryTouch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, id, ctx := memstore.New(0), randomID(), t.Context()
		if err := s.Save(ctx, id, recordFor(time.Minute)); err != nil {
			t.Fatal(err)
		}
		for range 10 {
			time.Sleep(50 * time.Second)
			if err := s.Touch(ctx, id, time.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
		if removed, err := s.Sweep(ctx); removed != 0 || err != nil {
			t.Errorf("Sweep = %d, %v", removed, err)
		}
		time.Sleep(time.Minute)
		if err := s.Touch(ctx, id, time.Now().Add(time.Minute)); !errors.Is(err, driver.ErrNotFound) {
			t.Errorf("after its end: got error %v, want %v", err, driver.ErrNotFound)
		}
	})
}

// fillMemory creates sessions until the store is full and returns how many it
// took, and the id that it did not take.
func fillMemory(t *testing.T, s *memstore.Store, atMost int, life time.Duration) (int, driver.ID) {
	t.Helper()
	for n := range atMost + 1 {
		id, r := randomID(), recordFor(life)
		err := s.Save(t.Context(), id, r)
		if errors.Is(err, driver.ErrStoreFull) {
			if r.Revision != 0 {
				t.Errorf("a failed save set the revision to %d", r.Revision)
			}
			return n, id
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatalf("took more than %d sessions", atMost)
	return 0, driver.ID{}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	s := memstore.New(320)
	n, refused := fillMemory(t, s, 320, time.Hour)
	if n == 0 {
		t.Fatal("took no session at all")
	}
	ctx := t.Context()
	if _, err := s.Load(ctx, refused); !errors.Is(err, driver.ErrNotFound) {
		t.Errorf("the refused session: got error %v, want %v", err, driver.ErrNotFound)
	}
	if count, _, _ := s.Count(ctx); count != n {
		t.Errorf("counts %d sessions, took %d", count, n)
	}
	for entry, err := range s.All(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		entry.Record.User = "ada"
		if err := s.Save(ctx, entry.ID, entry.Record); err != nil {
			t.Fatalf("a full store refuses to replace: %v", err)
		}
	}
	for entry := range s.All(ctx) {
		if err := s.Delete(ctx, entry.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Save(ctx, refused, recordFor(time.Hour)); err != nil {
		t.Errorf("after everything was deleted: %v", err)
	}
}

func TestMemoryExpiredMakeRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New(320)
		_, refused := fillMemory(t, s, 320, time.Minute)
		time.Sleep(time.Minute)
		if err := s.Save(t.Context(), refused, recordFor(time.Hour)); err != nil {
			t.Errorf("with nothing but expired sessions in the way: %v", err)
		}
	})
}

// Nobody calls Sweep on a small app's store: new sessions sweep old ones.
func TestMemoryCreatesSweep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const sessions = 2000
		s, ctx := memstore.New(0), t.Context()
		create := func(life time.Duration) {
			for i := range sessions {
				r := recordFor(life)
				r.User = fmt.Sprint(i)
				if err := s.Save(ctx, randomID(), r); err != nil {
					t.Fatal(err)
				}
			}
		}
		create(time.Minute)
		time.Sleep(time.Minute)
		create(time.Hour)
		left, err := s.Sweep(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if left > sessions/2 {
			t.Errorf("%d of %d expired sessions were still there", left, sessions)
		}
		if n, _, _ := s.Count(ctx); n != sessions {
			t.Errorf("%d sessions live, want %d", n, sessions)
		}
		if removed, _ := s.Sweep(ctx); removed != 0 {
			t.Errorf("a second sweep removed %d", removed)
		}
	})
}

func TestMemoryOrigins(t *testing.T) {
	t.Parallel()
	one, err := memstore.New(0).Identify(t.Context(), driver.StoreID{1})
	if err != nil {
		t.Fatal(err)
	}
	two, err := memstore.New(0).Identify(t.Context(), driver.StoreID{1})
	if err != nil {
		t.Fatal(err)
	}
	if one == two {
		t.Errorf("two stores have the origin %s: a restart could not be told from the same store", one)
	}
}
