package session_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// workers are managers on one store, as in several processes.
func workers(t testing.TB, n int, store driver.Store) []*session.Manager {
	managers := make([]*session.Manager, n)
	cfg := testConfig()
	cfg.Timeout = time.Minute // a crowd on a busy machine takes time
	for i := range managers {
		managers[i] = newManager(t, cfg, store)
	}
	return managers
}

// Behaviours 80, 81, 87: increments and different keys, over several workers.
func TestNothingLost(t *testing.T) {
	t.Parallel()
	managers := workers(t, 4, memstore.New(0))
	b := newBrowser(t, managers[0])
	b.visit(func(s *session.Session) { set(t, s, "count", 0) })

	const clients, rounds = 16, 25
	results := make(chan int, clients*rounds)
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			own := browser{t: t, manager: managers[c%len(managers)], cookie: b.cookie}
			for i := range rounds {
				ctx, end := own.open()
				s, err := session.From(ctx)
				if err != nil {
					t.Error(err)
					return
				}
				session.Set(s, fmt.Sprintf("key-%d-%d", c, i), i)
				n, err := session.Update(s, "count", func(n int) (int, error) { return n + 1, nil })
				if err != nil {
					t.Error(err)
				}
				results <- n
				session.Set(s, fmt.Sprintf("last-%d", c), i)
				if err := end(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	close(results)
	numbers := slices.Sorted(func(yield func(int) bool) {
		for n := range results {
			if !yield(n) {
				return
			}
		}
	})
	for i, n := range numbers {
		if n != i+1 {
			t.Fatalf("the answers are not 1 to %d: %v", clients*rounds, numbers)
		}
	}
	b.visit(func(s *session.Session) {
		want(t, "count", get[int](t, s, "count"), clients*rounds)
		for c := range clients {
			for i := range rounds {
				want(t, "key", get[int](t, s, fmt.Sprintf("key-%d-%d", c, i)), i)
			}
			want(t, "last", get[int](t, s, fmt.Sprintf("last-%d", c)), rounds-1)
		}
	})
}

// Behaviour 79: a slow request does not undo a logout.
func TestGoneStaysGone(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	b := newBrowser(t, newManager(t, testConfig(), store))
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	slow := *b
	ctx, end := slow.open()
	s := from(t, ctx)
	set(t, s, "late", 1)
	b.visit(func(s *session.Session) {
		if err := s.Destroy(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	if err := end(); !errors.Is(err, session.ErrGone) {
		t.Fatalf("slow request: %v", err)
	}
	if slow.last != nil {
		t.Fatalf("slow request set the cookie %v", slow.last)
	}
	slow.visit(func(s *session.Session) { want(t, "state", s.Status().State, session.StateRejected) })
	n, _, _ := store.Count(t.Context())
	want(t, "records", n, 0)
}

// Behaviour 84: reading never overwrites.
func TestReaderDoesNotWrite(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, memoryManager(t))
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	reader := *b
	ctx, end := reader.open()
	want(t, "a", get[int](t, from(t, ctx), "a"), 1)
	b.visit(func(s *session.Session) { set(t, s, "a", 2) })
	if err := end(); err != nil {
		t.Fatal(err)
	}
	b.visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 2) })
}

// Commits of one session in one process are saved together: all that wait
// for a save in flight share the next one.
func TestGroupCommit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		b := newBrowser(t, newManager(t, testConfig(), store))
		b.visit(func(s *session.Session) { set(t, s, "a", 0) })
		store.total()

		release := make(chan struct{})
		store.on(func(ctx context.Context, op string) error {
			if op == "save" {
				<-release
			}
			return nil
		})
		const n = 50
		failing := errors.New("no")
		var wg sync.WaitGroup
		results := make([]int, n)
		for i := range n {
			wg.Go(func() {
				own := *b
				ctx, _ := own.open()
				s, err := session.From(ctx)
				if err != nil {
					t.Error(err)
					return
				}
				results[i], err = session.Update(s, "a", func(v int) (int, error) {
					if i == 7 {
						return 0, failing // fails by itself, and nobody else with it
					}
					return v + 1, nil
				})
				if i == 7 && err != failing || i != 7 && err != nil {
					t.Errorf("request %d: %v", i, err)
				}
			})
		}
		synctest.Wait() // one saves, the others wait
		close(release)
		wg.Wait()
		want(t, "store calls: a load each, two saves", store.total(), n+2)
		slices.Sort(results)
		for i, v := range results {
			want(t, "result", v, i)
		}
	})
}

// A panic in an Update's function is the panic of the request it came from.
func TestUpdatePanics(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, memoryManager(t))
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	b.visit(func(s *session.Session) {
		set(t, s, "kept", true)
		func() {
			defer func() { want(t, "recovered", recover(), any("boom")) }()
			session.Update(s, "a", func(int) (int, error) { panic("boom") })
		}()
		want(t, "a", get[int](t, s, "a"), 1)
	})
	b.visit(func(s *session.Session) { want(t, "kept", get[bool](t, s, "kept"), true) })
}

// A request that saves for itself panics where its function did.
func TestUpdatePanicKeepsItsStack(t *testing.T) {
	t.Parallel()
	for _, stored := range []bool{false, true} {
		b := newBrowser(t, memoryManager(t))
		if stored {
			b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		}
		b.visit(func(s *session.Session) {
			func() {
				defer func() {
					recovered, stack := recover(), string(debug.Stack())
					want(t, "recovered", recovered, any("boom"))
					if !strings.Contains(stack, "session_test.culprit") {
						t.Errorf("stored %v: the culprit is not in the stack:\n%s", stored, stack)
					}
				}()
				session.Update(s, "a", culprit)
			}()
			set(t, s, "after", true) // nothing is locked
		})
		b.visit(func(s *session.Session) { want(t, "after", get[bool](t, s, "after"), true) })
	}
}

func culprit(int) (int, error) { panic("boom") }

// A function that another request runs panics in the request it came from, with
// the stack of where it ran, and fails nobody else.
func TestUpdatePanicIsHandedOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		b := newBrowser(t, newManager(t, testConfig(), store))
		b.visit(func(s *session.Session) { set(t, s, "a", 0) })
		release := make(chan struct{})
		store.on(func(ctx context.Context, op string) error {
			if op == "save" {
				<-release
			}
			return nil
		})
		broken := errors.New("broken")
		count := func(n int) (int, error) { return n + 1, nil }
		functions := []func(int) (int, error){count, count, culprit, func(int) (int, error) { panic(broken) },
			func(int) (int, error) { panic(http.ErrAbortHandler) }, count}
		recovered := make([]any, len(functions))
		var wg sync.WaitGroup
		for i, f := range functions {
			wg.Go(func() {
				defer func() { recovered[i] = recover() }()
				own := *b
				ctx, _ := own.open()
				s := from(t, ctx)
				if _, err := session.Update(s, "a", f); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait() // the first saves, the others wait, in order
		}
		close(release)
		wg.Wait()
		for i, r := range recovered {
			handed, _ := r.(*session.UpdatePanic)
			switch i {
			case 2:
				if handed == nil || handed.Value != "boom" || !strings.Contains(handed.Error(), "session_test.culprit") {
					t.Errorf("got %v, want boom with the stack", r)
				}
			case 3:
				if handed == nil || !errors.Is(handed, broken) {
					t.Errorf("got %v, want the error", r)
				}
			case 4:
				want(t, "an abort", r, any(http.ErrAbortHandler))
			default:
				want(t, "panic of another", r, nil)
			}
		}
		store.on(nil)
		b.visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 3) })
	})
}

// Behaviour 83: the goroutines of one request share its session.
func TestGoroutinesOfOneRequest(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, memoryManager(t))
	ctx, end := b.open()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			s, err := session.From(ctx)
			if err != nil {
				t.Error(err)
				return
			}
			for range 50 {
				session.Set(s, fmt.Sprint(i), i)
				session.Update(s, "n", func(n int) (int, error) { return n + 1, nil })
				s.Commit(ctx)
				session.Get[int](s, "n")
				s.Keys()
				s.Flash("", "x")
			}
		})
	}
	wg.Wait()
	if err := end(); err != nil {
		t.Fatal(err)
	}
	b.visit(func(s *session.Session) {
		want(t, "n", get[int](t, s, "n"), 400)
		want(t, "flashes", len(must(s.Flashes())), session.MaxFlashes)
	})
}
