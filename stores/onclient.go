package stores

import (
	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis"
)

// OnClientOf returns a store on the Redis client of an app's storage, which has a
// Conn as gofiber/storage/redis does, where neither the environment nor the app
// has named a store in cfg; nil otherwise. It is for adapters.
func OnClientOf(storage any, cfg config.Config) driver.Store {
	on, ok := storage.(interface {
		Conn() goredis.UniversalClient
	})
	if !ok || cfg.Mode == config.Test || cfg.Store != "" && cfg.Store != config.StoreAuto || !cfg.RedisURL.IsZero() || cfg.Dir != "" {
		return nil
	}
	return redis.New(on.Conn(), redis.WithPrefix(cfg.Prefix), redis.WithTimeout(cfg.Timeout), redis.WithWait(cfg.RedisWait))
}
