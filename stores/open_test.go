package stores_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9/logging"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

const password = "s3cret-pa55"

func open(t *testing.T, cfg config.Config) (driver.Store, string, error) {
	t.Helper()
	var log bytes.Buffer
	s, err := stores.Open(t.Context(), cfg, stores.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if s != nil {
		t.Cleanup(func() { s.Close() })
	}
	if strings.Contains(log.String(), password) || err != nil && strings.Contains(err.Error(), password) {
		t.Errorf("the password is told: error %v, log %s", err, log.String())
	}
	return s, log.String(), err
}

func TestOpenChooses(t *testing.T) {
	t.Parallel()
	url := config.NewSecret(redistest.Start(t).URL())
	dir := filepath.Join(t.TempDir(), "sessions")
	for _, c := range []struct {
		name string
		cfg  config.Config
		want string
	}{
		{"in a test", config.Config{}, "memory"},
		{"in a test, with Redis at hand", config.Config{RedisURL: url}, "memory"},
		{"with a Redis URL", config.Config{Mode: config.Production, RedisURL: url}, "redis"},
		{"without", config.Config{Mode: config.Development, Dir: dir}, "file"},
		{"memory by name", config.Config{Mode: config.Production, Store: config.StoreMemory, RedisURL: url}, "memory"},
		{"Redis by name", config.Config{Store: config.StoreRedis, RedisURL: url}, "redis"},
		{"files by name", config.Config{Store: config.StoreFile, RedisURL: url, Dir: dir}, "file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, log, err := open(t, c.cfg)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.(driver.Describer).Describe().Kind; got != c.want {
				t.Errorf("opened %s, want %s", got, c.want)
			}
			if log != "" { // the manager says which store it got, and why
				t.Errorf("logged %q", log)
			}
		})
	}
}

func TestOpenPassesSettingsOn(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s, _, err := open(t, config.Config{Store: config.StoreRedis, RedisURL: config.NewSecret(srv.URL()), Prefix: "mine:"})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.(*redis.Store).Prefix(); got != "mine:" {
		t.Errorf("prefix %q", got)
	}
	for sync, want := range map[bool]string{false: "no", true: "yes"} {
		s, _, err := open(t, config.Config{Store: config.StoreFile, Dir: t.TempDir() + "/sessions", FileSync: sync})
		if err != nil {
			t.Fatal(err)
		}
		inspection, err := s.(check.Inspector).Inspect(t.Context())
		if err != nil || inspection.Facts["sync"] != want {
			t.Errorf("FileSync %v: sync is %q, want %q (%v)", sync, inspection.Facts["sync"], want, err)
		}
	}
}

func TestOpenUnreachableRedis(t *testing.T) {
	t.Parallel()
	logging.Disable() // the client's own
	addr := "127.0.0.1:" + redistest.FreePort(t)
	cfg := config.Config{Mode: config.Production, RedisURL: config.NewSecret("redis://:" + password + "@" + addr), Dir: filepath.Join(t.TempDir(), "s")}
	began := time.Now()
	_, _, err := open(t, cfg)
	want := "cannot reach Redis at " + addr + ": connection refused. " +
		"Start Redis, correct --redis-url (REDIS_URL), or allow --session-fallback file"
	if err == nil || err.Error() != want {
		t.Errorf("got error %v\nwant %s", err, want)
	}
	t.Logf("took %v", time.Since(began))
	var unreachable *redis.OpenError
	if !errors.As(err, &unreachable) {
		t.Errorf("%#v", err)
	}

	cfg.Fallback = config.StoreFile
	s, log, err := open(t, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.(driver.Describer).Describe().Kind; got != "file" {
		t.Errorf("fell back on %s", got)
	}
	if !strings.Contains(log, "level=WARN") || !strings.Contains(log, "connection refused") {
		t.Errorf("logged %q", log)
	}
}

func TestOpenMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cfg  config.Config
		want string
	}{
		{config.Config{Store: config.StoreRedis}, "--redis-url"},
		{config.Config{Store: "postgres"}, "auto, redis, file or memory"},
		{config.Config{Store: config.StoreRedis, Fallback: config.StoreFile, RedisURL: config.NewSecret("localhost:6379/" + password)}, "--redis-url"},
		{config.Config{Store: config.StoreRedis, RedisURL: config.NewSecret("redis://:" + password + "/@localhost")}, "percent-encoded"},
		{config.Config{Store: config.StoreFile, Dir: "/dev/null/sessions"}, "/dev/null/sessions"},
	} {
		if _, _, err := open(t, c.cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got error %v", c.cfg, err)
		}
	}
}

// A wrong password is no reason to guess: the error says which setting.
func TestOpenWrongPassword(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	srv.Do("CONFIG", "SET", "requirepass", "another")
	_, _, err := open(t, config.Config{Store: config.StoreRedis, RedisURL: config.NewSecret("redis://:" + password + "@" + srv.Addr)})
	if err == nil || !strings.Contains(err.Error(), "password in the URL is wrong: correct --redis-url (REDIS_URL)") {
		t.Errorf("got error %v", err)
	}
}

func TestOpenCancelled(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := stores.Open(ctx, config.Config{Store: config.StoreRedis, RedisURL: config.NewSecret(srv.URL())})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
}
