package tests

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// What is to be used or shown once is given to one of many requests, on two
// workers that share a store. Behaviours 5 and 120.
func TestOnceOnEveryStore(t *testing.T) {
	t.Parallel()
	for name, open := range sharedStores(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := open(t)
			workers := []*session.Manager{newWorker(t, a), newWorker(t, b)}
			const rounds, requests = 40, 6
			cookie := ""
			var given once
			for n := range rounds {
				token := fmt.Sprint("token-", n)
				err := oneRequest(t, workers[n%2], &cookie, func(s *session.Session) error {
					return errors.Join(session.Set(s, "token", token), s.Flash("info", token))
				})
				if err != nil {
					t.Fatal(err)
				}
				all := make(chan struct{})
				var read, done sync.WaitGroup
				read.Add(requests)
				for i := range requests {
					done.Go(func() {
						mine := cookie
						err := oneRequest(t, workers[i%2], &mine, func(s *session.Session) error {
							read.Done()
							<-all // everybody has read the token
							return given.take(s, i < requests/2)
						})
						if err != nil {
							t.Error(err)
						}
					})
				}
				read.Wait()
				close(all)
				done.Wait()
				if want := []string{"flash " + token, "pop " + token}; !slices.Equal(given.all(), want) {
					t.Fatalf("round %d: %q were given out, want %q", n, given.all(), want)
				}
				given.texts = nil
			}
		})
	}
}

// once is what was given out.
type once struct {
	mu    sync.Mutex
	texts []string
}

func (o *once) take(s *session.Session, pop bool) error {
	var texts []string
	if pop {
		token, err := session.Pop[string](s, "token")
		if err != nil {
			return err
		}
		if token != "" {
			texts = append(texts, "pop "+token)
		}
	} else {
		messages, err := s.Flashes()
		if err != nil {
			return err
		}
		for _, m := range messages {
			texts = append(texts, "flash "+m.Text)
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.texts = append(o.texts, texts...)
	return nil
}

func (o *once) all() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Sorted(slices.Values(o.texts))
}

func newWorker(t *testing.T, store driver.Store) *session.Manager {
	t.Helper()
	cfg := config.Config{Mode: config.Test, SecretKey: config.NewSecret("0123456789abcdef0123456789abcdef")}
	m, err := session.NewManager(t.Context(), cfg, store, session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// oneRequest is one request; cookie is what the browser keeps.
func oneRequest(t *testing.T, m *session.Manager, cookie *string, handle func(s *session.Session) error) error {
	ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{*cookie}})
	s, err := session.From(ctx)
	if err == nil {
		err = handle(s)
	}
	out, saveErr := x.Commit()
	if c, err := http.ParseSetCookie(out.SetCookie); err == nil {
		*cookie = c.Name + "=" + c.Value
	}
	return errors.Join(err, saveErr)
}

// sharedStores opens two stores on the same data.
func sharedStores(t *testing.T) map[string]func(t *testing.T) (a, b driver.Store) {
	server := redistest.Start(t)
	return map[string]func(t *testing.T) (a, b driver.Store){
		"memory": func(*testing.T) (a, b driver.Store) {
			store := memstore.New(0)
			return store, store
		},
		"file": func(t *testing.T) (a, b driver.Store) {
			dir := t.TempDir() + "/sessions"
			open := func() driver.Store {
				store, err := file.Open(dir, file.WithSweepInterval(-1))
				if err != nil {
					t.Fatal(err)
				}
				return store
			}
			return open(), open()
		},
		"redis": func(t *testing.T) (a, b driver.Store) {
			open := func() driver.Store {
				store, err := redis.Open(context.Background(), server.URL(), redis.WithPrefix("once:"))
				if err != nil {
					t.Fatal(err)
				}
				return store
			}
			return open(), open()
		},
	}
}
