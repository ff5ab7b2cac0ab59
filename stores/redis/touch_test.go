package redis_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// request makes one request and returns its error and, when one was set, its
// cookie.
func request(t *testing.T, m *session.Manager, cookie string, f func(ctx context.Context) error) (string, error) {
	t.Helper()
	ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{cookie}})
	err := f(ctx)
	out, failed := x.Commit()
	if out.SetCookie != "" {
		cookie = out.SetCookie
	}
	return cookie, errors.Join(err, failed)
}

// 126: a Redis that has no memory left still lets sessions be used, those of
// users too, and tells what it did not do.
func TestFullRedisTouches(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "full:")
	var ahead atomic.Int64
	clock := session.WithClock(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test, IdleTimeout: time.Hour}, s, session.WithLogger(quiet()), clock)
	if err != nil {
		t.Fatal(err)
	}
	var cookies []string
	var ids []driver.ID
	for _, user := range []string{"", "ada"} {
		cookie, err := request(t, m, "", func(ctx context.Context) error {
			s, err := session.From(ctx)
			if err == nil {
				err = errors.Join(session.Set(s, "n", 1), s.RenewAs(ctx, user), s.Commit(ctx))
				ids = append(ids, s.ID())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		cookies = append(cookies, cookie)
	}
	srv.Do("CONFIG", "SET", "maxmemory-policy", "noeviction")
	srv.Do("CONFIG", "SET", "maxmemory", "1")
	srv.Do("SCRIPT", "FLUSH") // nor may it need room for the script
	ahead.Store(int64(30 * time.Minute))
	for i, id := range ids {
		_, err := request(t, m, cookies[i], func(ctx context.Context) error {
			s, err := session.From(ctx)
			if err == nil && s.Status().State != session.StateLoaded {
				t.Errorf("the session is %v", s.Status())
			}
			return err
		})
		if err != nil {
			t.Errorf("reading: %v", err)
		}
		r, left := load(t, s, id), time.Duration(srv.Do("PTTL", "full:"+id.String()).(int64))*time.Millisecond
		for what, left := range map[string]time.Duration{"expiry": time.Until(r.Expires), "time to live": left} {
			if left < 89*time.Minute || left > 90*time.Minute {
				t.Errorf("session %d, %s: %v left", i, what, left)
			}
		}
	}
	if n := m.Diagnostics().StoreErrors()["touch"]; n != 0 {
		t.Errorf("%d touches have failed", n)
	}
	var refusal *check.Refusal
	_, err = request(t, m, cookies[0], func(ctx context.Context) error {
		s, err := session.From(ctx)
		return errors.Join(err, session.Set(s, "n", 2))
	})
	if !errors.As(err, &refusal) || refusal.Code != "OOM" {
		t.Errorf("a save on the full Redis: %v", err)
	}
}

// Commands that find all connections in use, for a reason of the app's own, say
// nothing of Redis: the breaker does not open, and sessions are back at once.
func TestConnectionsInUse(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	client := goredis.NewClient(&goredis.Options{Addr: srv.Addr, PoolSize: 2, PipelinePoolSize: -1, ContextTimeoutEnabled: true})
	defer client.Close()
	s := redis.New(client, redis.WithLogger(quiet()))
	m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test, Timeout: time.Second}, s, session.WithLogger(quiet()))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var cookies [7]string // more than the breaker allows to fail
	for i := range cookies {
		cookies[i], err = request(t, m, "", func(ctx context.Context) error {
			s, err := session.From(ctx)
			return errors.Join(err, session.Set(s, "n", 1))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	read := func(ctx context.Context) error { _, err := session.From(ctx); return err }
	busy, free := context.WithCancel(t.Context())
	done := make(chan error, 2)
	for range cap(done) {
		conn := client.Conn()
		if err := conn.Ping(busy).Err(); err != nil {
			t.Fatal(err)
		}
		go func() {
			<-busy.Done()
			done <- conn.Close()
		}()
	}
	var wg sync.WaitGroup
	for _, cookie := range cookies {
		wg.Go(func() {
			if _, err := request(t, m, cookie, read); !errors.Is(err, session.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
	free()
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if _, err := request(t, m, cookies[0], read); err != nil {
		t.Errorf("when there are connections again: %v", err)
	}
}
