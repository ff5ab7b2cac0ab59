package app

import "github.com/gosessionkit/sessionkit/core/config"

// Shapes are the kit with the method sets of the others: the same app, with the
// same lines.
var Shapes = []Contender{
	{Library: "sessionkit as scs", Router: NetHTTP, Shape: true, HasIdle: true, Open: openKitSCS},
	{Library: "sessionkit as gorilla", Router: Echo, Shape: true, Open: openKitGorilla},
	{Library: "sessionkit as fiber session", Router: Fiber, Shape: true, Open: openKitFiberSession},
}

// shape is where the kit keeps its sessions then.
func shape(st Storage) func(*config.Config) {
	return func(cfg *config.Config) {
		cfg.Mode, cfg.Store, cfg.SecretKey = config.Test, config.StoreMemory, config.NewSecret(secret)
		if st.Redis != "" {
			cfg.Store, cfg.RedisURL = config.StoreRedis, config.NewSecret(redisURL(st))
		}
		cfg.MemoryLimit = 1 << 40
	}
}
