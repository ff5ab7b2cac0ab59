package scstest_test

import (
	"path/filepath"
	"testing"

	"github.com/gosessionkit/sessionkit/adapters/scs"
	"github.com/gosessionkit/sessionkit/adapters/scs/scstest"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// newManager keeps its sessions there.
func newManager(t testing.TB, cfg config.Config) *scs.SessionManager {
	m := scs.New()
	m.Configure = func(to *config.Config) {
		to.Mode, to.Store, to.Dir, to.RedisURL, to.Prefix, to.SecretKey = config.Test, cfg.Store, cfg.Dir, cfg.RedisURL, cfg.Prefix, cfg.SecretKey
	}
	t.Cleanup(func() { m.Close() })
	return m
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
			scstest.Run(t, func(t testing.TB, want scstest.Settings) scstest.Manager {
				m := newManager(t, where(t))
				if want.Lifetime != 0 {
					m.Lifetime = want.Lifetime
				}
				if want.Cookie != "" {
					m.Cookie.Name = want.Cookie
				}
				m.IdleTimeout, m.Cookie.Persist = want.IdleTimeout, !want.UntilClosed
				return m
			})
		})
	}
}
