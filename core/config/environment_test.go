package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
)

// cleanEnvironment takes the kit's variables out of the test's way.
func cleanEnvironment(t *testing.T) {
	t.Helper()
	for _, s := range (config.Config{}).Settings() {
		for _, variable := range strings.Split(s.Env, ", ") {
			t.Setenv(variable, "")
			t.Setenv(variable+"_FILE", "")
		}
	}
}

// setting finds one of cfg's settings.
func setting(t *testing.T, cfg config.Config, flag string) config.Setting {
	t.Helper()
	for _, s := range cfg.Settings() {
		if s.Flag == flag {
			return s
		}
	}
	t.Fatalf("no setting %s", flag)
	return config.Setting{}
}

func TestEnvironmentNames(t *testing.T) {
	cleanEnvironment(t)
	values := map[string]string{
		"MODE": "production", "SECRET_KEY": strings.Repeat("key!", 8), "SECRET_KEY_FALLBACKS": strings.Repeat("old!", 8),
		"SESSION_REDIS_URL": "redis://h", "SESSION_STORE": "redis", "SESSION_FALLBACK": "file", "SESSION_DIR": "/d", "SESSION_MIGRATE_FROM": "file:///old", "SESSION_FILE_SYNC": "true",
		"SESSION_PREFIX": "p:", "SESSION_LIFETIME": "2h", "SESSION_IDLE_TIMEOUT": "1h", "SESSION_TIMEOUT": "3s",
		"SESSION_MAX_SIZE": "2048", "SESSION_COOKIE_NAME": "n", "SESSION_COOKIE_DOMAIN": "example.com",
		"SESSION_COOKIE_PATH": "/p", "SESSION_COOKIE_SECURE": "true", "SESSION_COOKIE_SAMESITE": "strict",
		"SESSION_COOKIE_PERSIST": "false", "SESSION_COOKIE_PARTITIONED": "true", "SESSION_COOKIE_NO_STORE": "false",
		"SESSION_TOKEN_FROM": "bearer,cookie", "SESSION_TRUST_PROXY": "1", "WORKERS": "4", "DEBUG_ENDPOINTS": "true", "DEBUG_TOKEN": strings.Repeat("tok!", 4),
		"SESSION_ANONYMOUS_LIFETIME": "30m", "SESSION_MEMORY_LIMIT": "10000000",
		"SESSION_REDIS_WAIT": "1", "SESSION_SILENCE": "redis-no-tls,store-slow", "SESSION_ON_OUTAGE": "anonymous", "SESSION_AUDIT": "true", "SESSION_MAX_PER_USER": "5",
	}
	for name, value := range values {
		t.Setenv(name, value)
	}
	cfg, err := config.Parse(newFlags(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range cfg.Settings() {
		if s.Flag == "config" {
			continue
		}
		if _, ok := values[s.Env]; !ok || s.Source != "env" {
			t.Errorf("%+v: want it from the environment", s)
		}
	}
}

func TestRedisVariablesInOrder(t *testing.T) {
	names := []string{"SESSION_REDIS_URL", "REDIS_URL", "CACHE_REDIS_URL"}
	for i, want := range names {
		t.Run(want, func(t *testing.T) {
			cleanEnvironment(t)
			for _, name := range names[i:] {
				t.Setenv(name, "redis://"+name)
			}
			cfg, err := config.Parse(newFlags(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if s := setting(t, cfg, "redis-url"); cfg.RedisURL.Reveal() != "redis://"+want || s.Env != want || s.Source != "env" {
				t.Errorf("got %+v, want %s", s, want)
			}
		})
	}
}

func TestEnvironmentPrefix(t *testing.T) {
	cleanEnvironment(t)
	t.Setenv("REDIS_URL", "redis://stranger")
	t.Setenv("WORKERS", "many")
	t.Setenv("SHOP_CACHE_REDIS_URL", "redis://ours")
	cfg, err := config.Parse(newFlags(), nil, config.WithEnvPrefix("shop"))
	if err != nil {
		t.Fatal(err)
	}
	if s := setting(t, cfg, "redis-url"); s.Value != "redis://ours" || s.Env != "SHOP_CACHE_REDIS_URL" {
		t.Errorf("got %+v", s)
	}
	cfg.Lifetime = -1
	wantError(t, cfg.Validate(), "SHOP_SESSION_LIFETIME")
}

func TestFlagBeforeEnvironment(t *testing.T) {
	cleanEnvironment(t)
	t.Setenv("WORKERS", "many") // not even looked at
	t.Setenv("REDIS_URL", "redis://environment")
	t.Setenv("SECRET_KEY", "environment")
	t.Setenv("SESSION_LIFETIME", " 3h\n")
	cfg, err := config.Parse(newFlags(), []string{"--workers=2", "--redis-url", "", "--secret-key=flag"})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Workers != 2 || !cfg.RedisURL.IsZero() || cfg.SecretKey != config.NewSecret("flag") || cfg.Lifetime != 3*time.Hour {
		t.Errorf("got %+v, %q", cfg, cfg.SecretKey.Reveal())
	}
	if s := setting(t, cfg, "redis-url"); s.Source != "flag" {
		t.Errorf("an empty flag is a flag too: %+v", s)
	}
}

func TestWrongEnvironment(t *testing.T) {
	cleanEnvironment(t)
	t.Setenv("WORKERS", "many")
	t.Setenv("SESSION_LIFETIME", "soon")
	t.Setenv("DEBUG_ENDPOINTS", "perhaps")
	_, err := config.Parse(newFlags(), nil)
	wantError(t, err, "--workers", "WORKERS", `"many"`, "--session-lifetime", "SESSION_LIFETIME", `"soon"`,
		"--debug-endpoints", "DEBUG_ENDPOINTS", `"perhaps"`)
}

func TestSecretsLoseTheSpaceAround(t *testing.T) {
	cleanEnvironment(t)
	t.Setenv("SECRET_KEY", "key\n")
	t.Setenv("REDIS_URL", " redis://h\n")
	t.Setenv("SECRET_KEY_FALLBACKS", " , ")
	cfg, err := config.Parse(newFlags(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.SecretKey != config.NewSecret("key") || cfg.RedisURL != config.NewSecret("redis://h") || len(cfg.SecretKeyFallbacks) != 0 {
		t.Errorf("got %q, %q, %d fallbacks", cfg.SecretKey.Reveal(), cfg.RedisURL.Reveal(), len(cfg.SecretKeyFallbacks))
	}
}
