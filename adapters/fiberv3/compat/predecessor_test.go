package session_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	original "github.com/gofiber/fiber/v3/middleware/session"
	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/adapters/fiberv3/compat"
	"github.com/gosessionkit/sessionkit/adapters/fiberv3/compat/compattest"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// A browser with a cookie of Fiber's own keeps its session, and its absolute end.
func TestSessionsFromBefore(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr})
	defer client.Close()
	storage := &redisStorage{client: client}
	for _, absolute := range []time.Duration{0, 40 * time.Minute} {
		begin := time.Now()
		token := before(t, original.Config{Storage: storage, AbsoluteTimeout: absolute})

		// In the Redis of the storage, without anybody saying so.
		h, s := session.NewWithStore(session.Config{Storage: storage, Configure: func(cfg *config.Config) { cfg.Mode = config.Development }})
		defer s.Close()
		w, b := worker{h, s}, &browser{t, token}
		b.want(w, "user", "ada")
		b.want(w, "_n", int64(7))
		b.want(w, compattest.Key(1), "typed")
		m, err := s.Manager()
		if err != nil || m.Store().(driver.Describer).Describe().Kind != "redis" {
			t.Fatal("the sessions are not in the storage's Redis", err)
		}
		if n := client.Exists(t.Context(), token).Val(); n != 0 || b.cookie == token {
			t.Error("the old session is still there")
		}
		var id string
		b.visit(w, func(m *session.Middleware) {
			if id = m.ID(); len(m.Keys()) != 3 {
				t.Error(m.Keys())
			}
		})
		known, _ := driver.ParseID(id)
		r, err := m.Store().Load(t.Context(), known)
		if err != nil {
			t.Fatal(err)
		}
		if end := begin.Add(absolute).Truncate(time.Millisecond); absolute == 0 && r.Deadline.Before(end.AddDate(1, 0, 0)) ||
			absolute > 0 && (r.Deadline.Before(end) || r.Deadline.After(time.Now().Add(absolute))) {
			t.Errorf("under %v it ends at %v", absolute, r.Deadline)
		}
		b.visit(w, func(m *session.Middleware) {
			if err := m.Destroy(); err != nil {
				t.Error(err)
			}
		})
		(&browser{t, token}).want(w, "user", nil)
	}
}

// before returns the token of a session of Fiber's own.
func before(t *testing.T, cfg original.Config) string {
	t.Helper()
	app := fiber.New()
	app.Use(original.New(cfg))
	app.Get("/", func(c fiber.Ctx) error {
		m := original.FromContext(c)
		m.Set("user", "ada")
		m.Set("_n", int64(7))
		m.Set(compattest.Key(1), "typed")
		return nil
	})
	res, err := app.Test(httptest.NewRequest("GET", "/", nil), fiber.TestConfig{})
	if err != nil {
		t.Fatal(err)
	}
	return res.Cookies()[0].Value
}

// redisStorage is what gofiber/storage/redis is.
type redisStorage struct {
	fiber.Storage // panics: none of its other methods is called
	client        *goredis.Client
}

func (s *redisStorage) Conn() goredis.UniversalClient { return s.client }

func (s *redisStorage) GetWithContext(_ context.Context, key string) ([]byte, error) {
	b, err := s.client.Get(context.Background(), key).Bytes()
	if err == goredis.Nil {
		return nil, nil
	}
	return b, err
}

func (s *redisStorage) SetWithContext(_ context.Context, key string, val []byte, exp time.Duration) error {
	return s.client.Set(context.Background(), key, val, exp).Err()
}

func (s *redisStorage) DeleteWithContext(_ context.Context, key string) error {
	return s.client.Del(context.Background(), key).Err()
}
