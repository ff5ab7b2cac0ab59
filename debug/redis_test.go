package debug_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/debug"
)

func TestRedis(t *testing.T) {
	t.Parallel()
	store := newFakeStore("redis", "127.0.0.1:6379/0")
	store.inspection.Facts = map[string]string{
		"version": "7.2.4", "mode": "standalone", "role": "master", "connected_clients": "3", "used_memory": "1048576", "maxmemory": "0",
		"maxmemory_policy": "noeviction", "evicted_keys": "0", "expired_keys": "12", "aof_enabled": "1", "save": "", "loopback": "yes",
	}
	store.inspection.Unchecked = map[string]string{"acl": "refused"}
	a := newApp(t, config.Config{RedisURL: config.NewSecret("redis://127.0.0.1:6379/0")}, store)
	report := get[debug.RedisReport](a, 200, "/debug/redis")
	if report.Status != debug.StatusOK || report.Version != "7.2.4" || report.Mode != "standalone" || report.Role != "master" || report.Policy != "noeviction" {
		t.Errorf("%+v", report)
	}
	if *report.Clients != 3 || *report.Memory.Used != 1<<20 || *report.Memory.Max != 0 || *report.Evictions != 0 || *report.Expirations != 12 {
		t.Errorf("%+v", report)
	}
	if !*report.Persistence.AOF || *report.Persistence.Save != "" || report.Sessions == nil || report.Facts["loopback"] != "yes" || report.Unchecked["acl"] == "" {
		t.Errorf("%+v", report)
	}
	page := a.do("GET", "/debug/redis", asBrowser()).Body.String()
	for _, want := range []string{"7.2.4", "1.0 MiB used, no limit", "append-only file on, snapshots off", "noeviction"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q: %s", want, page)
		}
	}
}

// A managed Redis may tell next to nothing.
func TestRedisTellsNothing(t *testing.T) {
	t.Parallel()
	store := newFakeStore("redis", "cache.example:6380/0")
	store.inspection = check.Inspection{Facts: map[string]string{"used_memory": "?"}}
	a := newApp(t, config.Config{}, store)
	report := get[debug.RedisReport](a, 200, "/debug/redis")
	if report.Status != debug.StatusOK || report.Clients != nil || report.Memory != nil || report.Persistence != nil || report.Evictions != nil {
		t.Errorf("%+v", report)
	}
	if w := a.do("GET", "/debug/redis", asBrowser()); w.Code != 200 {
		t.Errorf("status %d", w.Code)
	}
}

func TestRedisNotConfigured(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		cfg  config.Config
		kind string
		help string
	}{
		"no URL":               {config.Config{}, "file", "REDIS_URL"},
		"files were chosen":    {config.Config{RedisURL: config.NewSecret("redis://127.0.0.1"), Store: config.StoreFile}, "file", "although"},
		"a store of the app's": {config.Config{RedisURL: config.NewSecret("redis://127.0.0.1")}, "postgres", "although"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, tc.cfg, newFakeStore(tc.kind, ""))
			report := get[debug.RedisReport](a, http.StatusOK, "/debug/redis")
			if report.Status != debug.StatusNotConfigured || !strings.Contains(report.Help, tc.help) || report.Facts != nil {
				t.Errorf("%+v", report)
			}
		})
	}
}

// Files in place of a Redis that could not be reached part this worker from
// the others.
func TestRedisFellBack(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{RedisURL: config.NewSecret("redis://10.0.0.9"), Fallback: config.StoreFile}, newFakeStore("file", "/tmp/s"))
	report := get[debug.RedisReport](a, http.StatusServiceUnavailable, "/debug/redis")
	if report.Status != debug.StatusError || report.Error == "" || report.Help == "" {
		t.Errorf("%+v", report)
	}
	memory := newApp(t, config.Config{}, memstore.New(0))
	if o := get[debug.Overview](memory, 200, "/debug/"); o.Redis.Status != debug.StatusNotConfigured {
		t.Errorf("%+v", o.Redis)
	}
}
