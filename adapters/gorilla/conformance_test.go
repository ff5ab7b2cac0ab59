package gorilla_test

import (
	"path/filepath"
	"testing"

	"github.com/gorilla/sessions"

	"github.com/gosessionkit/sessionkit/adapters/gorilla"
	"github.com/gosessionkit/sessionkit/adapters/gorilla/gorillatest"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

var key = []byte("an-authentication-key-of-32-byte")

// on makes the store keep its sessions there.
func on(s *gorilla.Store, cfg config.Config) *gorilla.Store {
	s.Configure = func(to *config.Config) {
		to.Mode, to.Store, to.Dir, to.RedisURL, to.Prefix = config.Test, cfg.Store, cfg.Dir, cfg.RedisURL, cfg.Prefix
	}
	return s
}

func TestConformance(t *testing.T) {
	t.Parallel()
	redis := config.NewSecret(redistest.Start(t).URL())
	for name, where := range map[string]func(t testing.TB) config.Config{
		"memory": func(testing.TB) config.Config { return config.Config{Store: config.StoreMemory} },
		"file": func(t testing.TB) config.Config {
			return config.Config{Store: config.StoreFile, Dir: filepath.Join(t.TempDir(), "sessions")}
		},
		"redis": func(t testing.TB) config.Config {
			return config.Config{Store: config.StoreRedis, RedisURL: redis, Prefix: t.Name() + ":"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			gorillatest.Run(t, func(t testing.TB) sessions.Store {
				s := on(gorilla.NewStore(key), where(t))
				t.Cleanup(func() { s.Close() })
				return s
			}, false)
		})
		t.Run(name+" for a store on a server", func(t *testing.T) {
			gorillatest.Run(t, func(t testing.TB) sessions.Store {
				s := on(gorilla.NewFilesystemStore("", key), where(t))
				t.Cleanup(func() { s.Close() })
				return s
			}, true)
		})
	}
}

// The same of the stores that it stands for.
func TestConformanceOfTheOriginals(t *testing.T) {
	t.Parallel()
	t.Run("cookie", func(t *testing.T) {
		gorillatest.Run(t, func(testing.TB) sessions.Store { return sessions.NewCookieStore(key) }, false)
	})
	t.Run("files", func(t *testing.T) {
		gorillatest.Run(t, func(t testing.TB) sessions.Store { return sessions.NewFilesystemStore(t.TempDir(), key) }, true)
	})
}
