package memstore_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

// stores that are small, by what bounds them
func smallStores() map[string]*memstore.Store {
	return map[string]*memstore.Store{
		"sessions": memstore.New(100),
		"bytes":    memstore.New(0, memstore.WithBytes(100_000)),
	}
}

// What is kept for those who are logged in is bounded too, and each refusal
// names its limit.
func TestFullMemorySaysWhy(t *testing.T) {
	t.Parallel()
	for name, store := range smallStores() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limit := map[string]string{"sessions": "100 sessions, the limit", "bytes": "100000 bytes of sessions, the limit (--session-memory-limit"}[name]
			for _, user := range []string{"", "ada"} {
				var refused error
				for i := 0; refused == nil && i < 10_000; i++ {
					r := recordFor(time.Hour)
					r.User, r.Values = user, r.Values.With("k", []byte(`"`+strings.Repeat("x", 300)+`"`))
					refused = store.Save(t.Context(), randomID(), r)
				}
				if !errors.Is(refused, driver.ErrStoreFull) || !strings.Contains(refused.Error(), limit) {
					t.Errorf("user %q: %v", user, refused)
				}
				if tenth := strings.Contains(refused.Error(), "tenth"); tenth != (user == "") {
					t.Errorf("user %q: %v", user, refused)
				}
			}
			facts := inspectMemory(t, store)
			most := facts[map[string]string{"sessions": "limit", "bytes": "limit_bytes"}[name]]
			if facts[name] > most || 10*facts[name] < 9*most {
				t.Errorf("%v", facts)
			}
		})
	}
}

func inspectMemory(t *testing.T, store *memstore.Store) map[string]int {
	t.Helper()
	in, err := store.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	facts := map[string]int{}
	for name, text := range in.Facts {
		if _, err := fmt.Sscan(text, new(int)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		n := 0
		fmt.Sscan(text, &n)
		facts[name] = n
	}
	return facts
}

// An update that needs more than there is leaves the session as it was; one
// that needs less is always taken.
func TestFullMemoryUpdates(t *testing.T) {
	t.Parallel()
	store, ctx, id := memstore.New(0, memstore.WithBytes(10_000)), t.Context(), randomID()
	values := func(n int) driver.Values {
		return driver.Values{}.With("k", []byte(`"`+strings.Repeat("x", n)+`"`))
	}
	r := recordFor(time.Hour)
	r.User, r.Values = "ada", values(5000)
	if err := store.Save(ctx, id, r); err != nil {
		t.Fatal(err)
	}
	larger := r.Clone()
	larger.Values = values(10_000)
	if err := store.Save(ctx, id, larger); !errors.Is(err, driver.ErrStoreFull) {
		t.Fatalf("an update beyond the limit: %v", err)
	}
	stored, err := store.Load(ctx, id)
	if err != nil || stored.Values != r.Values || stored.Revision != r.Revision || larger.Revision != r.Revision {
		t.Fatalf("after the refusal: %+v, %v", stored, err)
	}
	n := 0
	for entry, err := range store.ByUser(ctx, driver.Owner{User: "ada"}) {
		if err != nil || entry.ID != id {
			t.Error(entry, err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d sessions of ada after the refusal", n)
	}
	fill := recordFor(time.Hour)
	fill.User, fill.Values = "bob", values(3500)
	if err := store.Save(ctx, randomID(), fill); err != nil {
		t.Fatal(err)
	}
	nobody := r.Clone() // in a store that is fuller than sessions of nobody may make it
	nobody.User, nobody.Values = "", values(4000)
	if err := store.Save(ctx, id, nobody); err != nil {
		t.Errorf("an update that makes it smaller: %v", err)
	}
}

// The limit holds while many fill the store at once, and is near to what the
// process really needs.
func TestMemoryBytesAreTrue(t *testing.T) {
	const limit = 32 << 20
	for _, size := range []int{0, 200, 5000, 1 << 20} {
		for _, user := range []bool{false, true} {
			store := memstore.New(1<<30, memstore.WithBytes(limit))
			before := heap()
			var workers sync.WaitGroup
			for range 4 {
				workers.Go(func() {
					for {
						id, r := randomID(), recordFor(time.Hour)
						r.Values = r.Values.With("k", []byte(`"`+strings.Repeat("x", size)+`"`))
						if user {
							r.User = id.Hex()
						}
						if err := store.Save(context.Background(), id, r); err != nil {
							return
						}
					}
				})
			}
			workers.Wait()
			grown := heap() - before
			facts := inspectMemory(t, store)
			if facts["bytes"] > limit {
				t.Errorf("%d bytes of %d", facts["bytes"], limit)
			}
			if share := float64(grown) / float64(facts["bytes"]); share > 1.25 || share < 0.5 {
				t.Errorf("values of %d bytes, logged in %v: the heap grew by %d, the store says %d", size, user, grown, facts["bytes"])
			}
			runtime.KeepAlive(store)
		}
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
