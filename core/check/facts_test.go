package check_test

import (
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

const goodKey = "kW2vN8xQ4mZ7pR1tY6uB3cD9fG5hJ0aL2sE8iO4nX7w="

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// onRedis are facts of a production worker on Redis with nothing wrong.
func onRedis() check.Facts {
	self := worker.Info{
		ID: "0a1b2c3d", PID: 101, Host: "web1", Started: noon.Add(-time.Hour), Framework: "chi", Version: "v0.1.0",
		Mode: "production", Keys: []string{"aaaa0000", "bbbb0000"}, Store: "redis", StoreID: "11112222",
		Config: "c0ffee00", Workers: 2, Clock: noon, Skew: 3 * time.Millisecond,
	}
	other := self
	other.ID, other.PID, other.Host = "4e5f6071", 202, "web2"
	return check.Facts{
		Config: config.Config{
			Mode: config.Production, SecretKey: config.NewSecret(goodKey), SecretKeyFallbacks: []config.Secret{config.NewSecret("Zq8-" + goodKey)},
			RedisURL: config.NewSecret("rediss://:hidden@redis.internal:6379/0"), Workers: 2,
		},
		Store: check.Store{
			Kind: "redis", Address: "redis.internal:6379/0", Latency: 800 * time.Microsecond,
			Inspection: check.Inspection{Facts: map[string]string{
				"version": "7.2.4", "role": "master", "loopback": "no", "password": "yes", "tls": "yes",
				"used_memory": "52428800", "maxmemory": "0", "maxmemory_policy": "noeviction", "evicted_keys": "0",
				"aof_enabled": "1", "save": "3600 1 300 100",
			}},
		},
		Self:       self,
		Workers:    []worker.Info{self, other},
		Rejections: map[string]check.Recent{"not-found": {Count: 3}, "expired": {Count: 1}, "malformed": {Count: 2}},
	}
}

// onFiles are facts of a production worker on files with nothing wrong.
func onFiles() check.Facts {
	f := onRedis()
	f.Config.RedisURL, f.Config.Store, f.Config.Dir = config.Secret{}, config.StoreFile, "/var/lib/shop/sessions"
	f.Store.Kind, f.Store.Address = "file", "/var/lib/shop/sessions"
	f.Store.Facts = map[string]string{"fs_type": "ext4", "mode": "0700", "owner": "1000", "uid": "1000"}
	for i := range f.Workers {
		f.Workers[i].Store, f.Workers[i].Host = "file", "web1"
	}
	return f
}

// onMemory are facts of a single development worker with nothing wrong.
func onMemory() check.Facts {
	f := onRedis()
	f.Config = config.Config{Mode: config.Development, SecretKey: config.NewSecret(goodKey), Store: config.StoreMemory}
	f.Store = check.Store{Kind: "memory", Private: true}
	f.Self.Workers = 1
	f.Workers = []worker.Info{f.Self}
	return f
}
