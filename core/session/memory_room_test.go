package session_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
)

// stores that are small, by what bounds them
func smallStores() map[string]*session.MemoryStore {
	return map[string]*session.MemoryStore{
		"sessions": session.NewMemoryStore(100),
		"bytes":    session.NewMemoryStore(0, session.WithMemoryBytes(100_000)),
	}
}

// crowd has strangers make sessions until the store takes no more of theirs,
// and says how many there are.
func fillUp(t *testing.T, m *session.Manager, size int) (n int) {
	t.Helper()
	text := strings.Repeat("x", size)
	for ; n < 10_000; n++ {
		ctx, x, _ := m.Open(t.Context(), session.Incoming{})
		set(t, from(t, ctx), "k", text)
		if _, err := x.Commit(); errors.Is(err, session.ErrStoreFull) {
			return n
		} else if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the store is never full")
	return n
}

// Strangers have filled the store: who has a session can still do with it
// what he came for.
func TestFullMemoryTakesLogins(t *testing.T) {
	t.Parallel()
	for name, store := range smallStores() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newManager(t, testConfig(), store)
			alice := newBrowser(t, m)
			alice.visit(func(s *session.Session) { set(t, s, "cart", "tea") })
			bob := loggedIn(t, m, "bob")
			carol := newBrowser(t, m)
			carol.visit(func(s *session.Session) { set(t, s, "cart", "milk") })
			if n := fillUp(t, m, 300); n < 50 {
				t.Fatalf("full after %d sessions", n)
			}
			do := func(s *session.Session, change func() error) {
				t.Helper()
				if err := errors.Join(change(), s.Commit(t.Context())); err != nil {
					t.Errorf("%q: %v", s.User(), err)
				}
			}
			alice.visit(func(s *session.Session) {
				do(s, func() error { return s.RenewAs(t.Context(), "alice") })
				do(s, func() error { return session.Set(s, "address", strings.Repeat("x", 1000)) })
				do(s, func() error { return s.Renew(t.Context()) })
			})
			alice.visit(func(s *session.Session) {
				want(t, "alice's cart", get[string](t, s, "cart"), "tea")
				do(s, func() error { return s.Renew(t.Context()) })
			})
			bob.visit(func(s *session.Session) { do(s, func() error { return s.Renew(t.Context()) }) })
			carol.visit(func(s *session.Session) { // nobody is logged in before and after
				do(s, func() error { return s.Renew(t.Context()) })
				if err := session.Set(s, "k", strings.Repeat("x", 30_000)); err != nil {
					t.Error(err)
				}
				if err := s.Commit(t.Context()); name == "bytes" && !errors.Is(err, session.ErrStoreFull) {
					t.Errorf("a session of nobody grew into what is kept for others: %v", err)
				}
				s.Delete("k")
			})
			dave := newBrowser(t, m) // has no session yet
			dave.visit(func(s *session.Session) { do(s, func() error { return s.RenewAs(t.Context(), "dave") }) })
			want(t, "dave", dave.user(), "dave")
			want(t, "bob", bob.user(), "bob")
		})
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
				if !errors.Is(refused, session.ErrStoreFull) || !strings.Contains(refused.Error(), limit) {
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

func inspectMemory(t *testing.T, store *session.MemoryStore) map[string]int {
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
	store, ctx, id := session.NewMemoryStore(0, session.WithMemoryBytes(10_000)), t.Context(), randomID()
	values := func(n int) session.Values {
		return session.Values{}.With("k", []byte(`"`+strings.Repeat("x", n)+`"`))
	}
	r := recordFor(time.Hour)
	r.User, r.Values = "ada", values(5000)
	if err := store.Save(ctx, id, r); err != nil {
		t.Fatal(err)
	}
	larger := r.Clone()
	larger.Values = values(10_000)
	if err := store.Save(ctx, id, larger); !errors.Is(err, session.ErrStoreFull) {
		t.Fatalf("an update beyond the limit: %v", err)
	}
	stored, err := store.Load(ctx, id)
	if err != nil || stored.Values != r.Values || stored.Revision != r.Revision || larger.Revision != r.Revision {
		t.Fatalf("after the refusal: %+v, %v", stored, err)
	}
	n := 0
	for entry, err := range store.ByUser(ctx, session.Owner{User: "ada"}) {
		if err != nil || entry.ID != id {
			t.Error(entry, err)
		}
		n++
	}
	want(t, "sessions of ada after the refusal", n, 1)
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

// All that ends gives its room back, whatever ends it.
func TestMemoryGivesRoomBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := session.NewMemoryStore(0)
		m, ctx := newManager(t, testConfig(), store), t.Context()
		empty := inspectMemory(t, store)
		for round := range 3 {
			var browsers []*browser
			for i := range 20 {
				b := newBrowser(t, m)
				b.visit(func(s *session.Session) { set(t, s, "k", strings.Repeat("x", i)) })
				if i%2 == 0 {
					b.visit(func(s *session.Session) { s.RenewAs(ctx, fmt.Sprint("user", i%4)) })
				}
				b.visit(func(s *session.Session) { set(t, s, "k", i) })
				browsers = append(browsers, b)
			}
			facts := inspectMemory(t, store)
			want(t, "sessions", facts["sessions"], 20)
			want(t, "sessions of nobody", facts["anonymous_sessions"], 10)
			if facts["bytes"] < 20*100 || facts["anonymous_bytes"] >= facts["bytes"] {
				t.Errorf("%v", facts)
			}
			switch round {
			case 0:
				for _, b := range browsers {
					b.visit(func(s *session.Session) {
						if err := s.Destroy(ctx); err != nil {
							t.Fatal(err)
						}
					})
				}
			case 1:
				if _, err := m.DestroyAll(ctx); err != nil {
					t.Fatal(err)
				}
			case 2:
				time.Sleep(25 * time.Hour)
				if _, err := store.Sweep(ctx); err != nil {
					t.Fatal(err)
				}
			}
			for name, n := range inspectMemory(t, store) {
				want(t, fmt.Sprint(name, " after round ", round), n, empty[name])
			}
		}
	})
}

// The limit holds while many fill the store at once, and is near to what the
// process really needs.
func TestMemoryBytesAreTrue(t *testing.T) {
	const limit = 32 << 20
	for _, size := range []int{0, 200, 5000, 1 << 20} {
		for _, user := range []bool{false, true} {
			store := session.NewMemoryStore(1<<30, session.WithMemoryBytes(limit))
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

// What has expired does not count: the store sweeps before it refuses.
func TestFullMemoryOfExpired(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, store := range smallStores() {
			cfg := testConfig()
			cfg.AnonymousLifetime = time.Hour
			m := newManager(t, cfg, store)
			first := fillUp(t, m, 300)
			time.Sleep(time.Hour)
			again := fillUp(t, m, 300)
			want(t, name+", after their lifetime", again, first)
		}
	})
}
