package config_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
)

func TestSettingsOfAHandMadeConfig(t *testing.T) {
	t.Parallel()
	cfg := config.Config{
		SecretKey: config.NewSecret("k"), SecretKeyFallbacks: []config.Secret{config.NewSecret("f")}, RedisURL: config.NewSecret("redis://ada:pw@h"),
		Lifetime: time.Hour, Cookie: config.Cookie{UntilClosed: true},
	}
	want := map[string]string{
		"secret-key": "[set]", "secret-key-fallbacks": "[set]", "redis-url": "redis://ada:xxxxx@h",
		"session-lifetime": "1h0m0s", "session-cookie-persist": "false",
	}
	// The manager fills in the defaults: that must not make them code's.
	for _, cfg := range []config.Config{cfg, cfg.WithDefaults()} {
		for _, s := range cfg.Settings() {
			value, set := want[s.Flag]
			if set && (s.Value != value || s.Source != "code") || !set && s.Source != "default" {
				t.Errorf("%+v: want %q", s, value)
			}
		}
	}
}

func TestSettingsThatCodeChangedAfterParse(t *testing.T) {
	t.Parallel()
	cfg, err := parse("--workers", "3", "--session-lifetime", "2h", "--session-timeout", "2s")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Workers = 5
	cfg.Lifetime = 24 * time.Hour
	cfg.Prefix = "shop:"
	want := map[string]string{
		"workers": "code", "session-lifetime": "default", "session-prefix": "code", "session-timeout": "flag",
	}
	for name, source := range want {
		if s := setting(t, cfg, name); s.Source != source {
			t.Errorf("%+v: want source %s", s, source)
		}
	}
}

func TestSettingsOrder(t *testing.T) {
	t.Parallel()
	var names []string
	for _, s := range (config.Config{}).Settings() {
		names = append(names, s.Flag)
	}
	want := []string{
		"mode", "secret-key", "secret-key-fallbacks", "redis-url", "session-store", "session-fallback", "session-dir", "session-migrate-from", "session-file-sync",
		"session-prefix", "session-redis-wait", "session-memory-limit", "session-lifetime", "session-anonymous-lifetime", "session-idle-timeout", "session-timeout", "session-on-outage", "session-max-size",
		"session-max-per-user",
		"session-cookie-name", "session-cookie-domain", "session-cookie-path", "session-cookie-secure",
		"session-cookie-samesite", "session-cookie-persist", "session-cookie-partitioned", "session-cookie-no-store",
		"session-token", "session-trust-proxy", "workers", "session-audit", "debug-endpoints", "debug-token", "session-silence", "config",
	}
	if !slices.Equal(names, want) {
		t.Errorf("got %q", names)
	}
}

func TestSettingAsJSON(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(setting(t, config.Config{}, "redis-url"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"flag":"redis-url","env":"SESSION_REDIS_URL, REDIS_URL, CACHE_REDIS_URL","value":"","source":"default"}`
	if string(got) != want {
		t.Errorf("got %s", got)
	}
}

func TestSetting(t *testing.T) {
	t.Parallel()
	if got := (config.Config{SecretKey: config.NewSecret("k")}).Setting("secret-key"); got.Flag != "secret-key" || got.Value != "[set]" || got.Source != "code" {
		t.Errorf("got %+v", got)
	}
	if got := (config.Config{}).Setting("nothing"); got != (config.Setting{}) {
		t.Errorf("got %+v", got)
	}
}

func TestTitle(t *testing.T) {
	cleanEnvironment(t)
	prefixed := func(args ...string) config.Config {
		cfg, err := config.Parse(newFlags(), args, config.WithEnvPrefix("SHOP"))
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	want := func(cfg config.Config, flag, want string) {
		t.Helper()
		if got := cfg.Title(flag); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	want(config.Config{}, "secret-key", "--secret-key (SECRET_KEY)")
	want(config.Config{}, "redis-url", "--redis-url (REDIS_URL)")
	want(config.Config{}, "config", "--config (SESSION_CONFIG)")
	want(config.Config{}, "nothing", "")
	want(prefixed(), "redis-url", "--redis-url (SHOP_REDIS_URL)")
	t.Setenv("SHOP_CACHE_REDIS_URL", "redis://h")
	want(prefixed(), "redis-url", "--redis-url (SHOP_CACHE_REDIS_URL)")
	want(prefixed("--redis-url", "redis://h"), "redis-url", "--redis-url (SHOP_REDIS_URL)")
}
