package session_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
)

// atOnce has n requests of one browser run f at the same time, the first one
// ahead of the others: it saves, and the others wait for it.
func atOnce(t *testing.T, b *browser, n int, f func(i int, s *session.Session)) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			own := browser{t: t, manager: b.manager, cookie: b.cookie}
			ctx, end := own.open()
			s, err := session.From(ctx)
			if err != nil {
				t.Errorf("From: %v", err)
				return
			}
			f(i, s)
			if err := end(); err != nil {
				t.Errorf("the end of request %d: %v", i, err)
			}
		})
		synctest.Wait()
	}
	wg.Wait()
}

// Behaviours 81, 128: what is wrong with one request's function is nobody
// else's error, whichever of them saves for the others.
func TestFunctionFailsAlone(t *testing.T) {
	t.Parallel()
	count := func(n int) (int, error) { return n + 1, nil }
	for name, wrong := range map[string]func(t *testing.T, s *session.Session){
		"unavailable": func(t *testing.T, s *session.Session) {
			_, err := session.Update(s, "n", func(int) (int, error) {
				return 0, fmt.Errorf("the price service: %w", session.ErrUnavailable)
			})
			if !errors.Is(err, session.ErrUnavailable) {
				t.Error(err)
			}
		},
		"cancelled": func(t *testing.T, s *session.Session) {
			if _, err := session.Update(s, "n", func(int) (int, error) { return 0, context.Canceled }); err != context.Canceled {
				t.Error(err)
			}
		},
		"gone": func(t *testing.T, s *session.Session) {
			if _, err := session.Update(s, "n", func(int) (int, error) { return 0, errors.New("no") }); err == nil {
				t.Error("no error")
			}
		},
		"too large": func(t *testing.T, s *session.Session) {
			_, err := session.Update(s, "big", func(string) (string, error) { return strings.Repeat("x", 2<<20), nil })
			if !errors.Is(err, session.ErrTooLarge) {
				t.Error(err)
			}
		},
		"panic": func(t *testing.T, s *session.Session) {
			defer func() {
				recovered := recover()
				if handed, ok := recovered.(*session.UpdatePanic); ok {
					recovered = handed.Value
				}
				want(t, "recovered", recovered, any("boom"))
			}()
			session.Update(s, "n", func(int) (int, error) { panic("boom") })
		},
		"exit": func(t *testing.T, s *session.Session) {
			ended := make(chan bool)
			go func() {
				defer close(ended)
				session.Update(s, "n", func(int) (int, error) { runtime.Goexit(); return 0, nil })
				t.Error("the goroutine that called Update goes on")
			}()
			<-ended
		},
	} {
		for _, who := range []int{0, 1, 4} { // who saves, who saves for those that waited, one of these
			t.Run(fmt.Sprint(name, " of request ", who), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					store := watch()
					b := newBrowser(t, newManager(t, testConfig(), store))
					b.visit(func(s *session.Session) { set(t, s, "n", 0) })
					store.on(func(_ context.Context, op string) error {
						if op == "save" {
							time.Sleep(100 * time.Millisecond)
						}
						return nil
					})
					const requests = 8
					atOnce(t, b, requests, func(i int, s *session.Session) {
						set(t, s, fmt.Sprint("key", i), i)
						if i == who {
							wrong(t, s)
						} else if _, err := session.Update(s, "n", count); err != nil {
							t.Errorf("request %d: %v", i, err)
						}
					})
					store.on(nil)
					b.visit(func(s *session.Session) {
						want(t, "n", get[int](t, s, "n"), requests-1)
						for i := range requests {
							want(t, "key", get[int](t, s, fmt.Sprint("key", i)), i)
						}
					})
				})
			})
		}
	}
}

// A failure of the store is everybody's who waited for it.
func TestStoreFailsThoseWhoWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		b := newBrowser(t, newManager(t, testConfig(), store))
		b.visit(func(s *session.Session) { set(t, s, "n", 0) })
		store.on(func(ctx context.Context, op string) error {
			if op == "save" {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		})
		begin := time.Now()
		atOnce(t, b, 8, func(i int, s *session.Session) {
			_, err := session.Update(s, "n", func(n int) (int, error) { return n + 1, nil })
			if !errors.Is(err, session.ErrUnavailable) || !strings.Contains(err.Error(), "--session-timeout") {
				t.Errorf("request %d: %v", i, err)
			}
		})
		want(t, "all waits", time.Since(begin), 2*time.Second)
	})
}

// Behaviour 128: a function that takes its time costs the time of its own
// request. Others of the session wait as long as for a silent store, hear why,
// and keep what they changed; what the store is asked then is not late.
func TestSlowFunction(t *testing.T) {
	t.Parallel()
	for _, slow := range []int{0, 1, 3} { // who saves, who saves for those that waited, one of these
		t.Run(fmt.Sprint("of request ", slow), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store := watch()
				m := newManager(t, testConfig(), store)
				b := newBrowser(t, m)
				b.visit(func(s *session.Session) { set(t, s, "n", 0) })
				store.on(func(ctx context.Context, op string) error {
					if op == "save" {
						if at, ok := ctx.Deadline(); !ok || time.Until(at) < 1900*time.Millisecond {
							t.Errorf("the store has %v", time.Until(at))
						}
						time.Sleep(time.Millisecond)
					}
					return nil
				})
				begin := time.Now()
				var saved, late atomic.Int32
				atOnce(t, b, 5, func(i int, s *session.Session) {
					_, err := session.Update(s, "n", func(n int) (int, error) {
						if i == slow {
							time.Sleep(10 * time.Second)
						}
						return n + 1, nil
					})
					switch took := time.Since(begin); {
					case err == nil:
						saved.Add(1)
					case i == slow || !errors.Is(err, session.ErrContended) || session.HTTPStatus(err) != 503 || !strings.Contains(err.Error(), "--session-timeout"):
						t.Errorf("request %d: %v", i, err)
					case took < 1900*time.Millisecond || took > 2200*time.Millisecond:
						t.Errorf("request %d waited for %v", i, took)
					default:
						late.Add(1)
						set(t, s, fmt.Sprint("kept", i), i)
						time.Sleep(time.Minute) // saved at its end, when the slow one is through
					}
				})
				if late.Load() == 0 {
					t.Error("nobody waited")
				}
				store.on(nil)
				b.visit(func(s *session.Session) {
					want(t, "n", get[int](t, s, "n"), int(saved.Load()))
					kept := len(s.Keys()) - 1
					want(t, "kept", kept, int(late.Load()))
				})
				want(t, "failures of the store", m.Diagnostics().StoreErrors()["save"], 0)
			})
		})
	}
}

// Behaviour 128: functions that outlast the timeout do not have a store given up
// that was never asked.
func TestSlowFunctionsAndTheBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		b := newBrowser(t, newManager(t, testConfig(), store))
		for i := range 10 {
			one := *b
			one.visit(func(s *session.Session) { set(t, s, "n", 0) })
			one.visit(func(s *session.Session) {
				_, err := session.Update(s, "n", func(n int) (int, error) { time.Sleep(time.Minute); return n + 1, nil })
				if err != nil {
					t.Errorf("request %d: %v", i, err)
				}
			})
			one.visit(func(s *session.Session) { want(t, "n", get[int](t, s, "n"), 1) })
		}
	})
}

// One commit asks the store for no longer than the timeout, however often, and
// what the app's functions take between the attempts is not part of it.
func TestTimeOfACommit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		b := newBrowser(t, newManager(t, testConfig(), store))
		b.visit(func(s *session.Session) { set(t, s, "n", 0) })
		b.visit(func(s *session.Session) {
			asked := time.Duration(0)
			store.on(func(ctx context.Context, op string) error {
				begin := time.Now()
				defer func() { asked += time.Since(begin) }()
				select {
				case <-time.After(300 * time.Millisecond):
				case <-ctx.Done():
					return ctx.Err()
				}
				current, err := store.Store.Load(t.Context(), s.ID())
				if err != nil {
					return err
				}
				return store.Store.Save(t.Context(), s.ID(), current) // always a little faster
			})
			_, err := session.Update(s, "n", func(n int) (int, error) { time.Sleep(time.Second); return n + 1, nil })
			if !errors.Is(err, session.ErrUnavailable) && !errors.Is(err, session.ErrContended) {
				t.Error(err)
			}
			if asked < 1800*time.Millisecond || asked > 2*time.Second {
				t.Errorf("the store was asked for %v", asked)
			}
			store.on(nil)
		})
	})
}

// A function whose request waits no more is never run behind its back.
func TestNoFunctionOutlivesItsRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := watch()
		b := newBrowser(t, newManager(t, testConfig(), store))
		b.visit(func(s *session.Session) { set(t, s, "n", 0) })
		atOnce(t, b, 4, func(i int, s *session.Session) {
			over := false
			session.Update(s, "n", func(n int) (int, error) {
				if over {
					t.Errorf("the function of request %d runs although that has ended", i)
				}
				time.Sleep(3 * time.Second)
				if over {
					t.Errorf("request %d has ended while its function ran", i)
				}
				return n + 1, nil
			})
			over = true
		})
	})
}

// A panic of the store in the middle of a renewal takes nothing from what was
// changed before.
func TestStorePanicsInRenew(t *testing.T) {
	t.Parallel()
	for _, at := range []int{1, 2} { // the save of the copy, the removal of the old one
		store := watch()
		b := newBrowser(t, newManager(t, testConfig(), store))
		b.visit(func(s *session.Session) { set(t, s, "n", 1) })
		b.visit(func(s *session.Session) {
			set(t, s, "n", 2)
			saves := 0
			store.on(func(_ context.Context, op string) error {
				if op == "save" {
					if saves++; saves == at {
						panic("store")
					}
				}
				return nil
			})
			func() {
				defer func() { want(t, "recovered", recover(), any("store")) }()
				s.Renew(t.Context())
			}()
			store.on(nil)
			want(t, "n after the panic", get[int](t, s, "n"), 2)
			want(t, "modified", s.Modified(), true)
		})
		b.visit(func(s *session.Session) { want(t, "n", get[int](t, s, "n"), 2) })
	}
}
