package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
)

// writeFile writes a configuration file and returns its path.
func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFile(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"app.conf": `
# the shop's sessions
secret-key a key with spaces
secret-key-fallbacks one,two
--session-lifetime 48h  # two days
session-cookie-persist false
session-cookie-secure true
session-silence redis-old,store-slow
debug-endpoints
`,
		"app.json": `{"secret-key": "a key with spaces", "secret-key-fallbacks": ["one", "two"],
			"session-lifetime": "48h", "session-cookie-persist": false, "session-cookie-secure": true,
			"session-silence": ["redis-old", "store-slow"], "debug-endpoints": true}`,
	}
	for name, content := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := writeFile(t, name, content)
			cfg, err := parse("--config", path)
			if err != nil {
				t.Fatal(err)
			}
			if cfg.SecretKey != config.NewSecret("a key with spaces") || !slices.Equal(cfg.SecretKeyFallbacks, []config.Secret{config.NewSecret("one"), config.NewSecret("two")}) ||
				cfg.Lifetime != 48*time.Hour || !cfg.Cookie.UntilClosed || cfg.Cookie.Secure != config.SecureAlways || !cfg.DebugEndpoints ||
				!slices.Equal(cfg.Silence, []string{"redis-old", "store-slow"}) {
				t.Errorf("got %+v", cfg)
			}
			if s := setting(t, cfg, "session-lifetime"); s.Source != "file" {
				t.Errorf("got %+v", s)
			}
			if s := setting(t, cfg, "config"); s.Source != "flag" || s.Value != path {
				t.Errorf("got %+v", s)
			}
		})
	}
}

func TestFileComesLast(t *testing.T) {
	cleanEnvironment(t)
	t.Setenv("SESSION_CONFIG", writeFile(t, "app.conf", `
workers 9
redis-url redis://file
secret-key-fallbacks file
session-dir /file
session-lifetime 9h
`))
	t.Setenv("CACHE_REDIS_URL", "redis://environment")
	t.Setenv("SESSION_LIFETIME", "8h")
	fs := newFlags()
	app := fs.String("session", "app's", "")
	cfg, err := config.Parse(fs, []string{"--workers", "7", "--session-lifetime=7h", "--secret-key-fallbacks=flag"})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Workers != 7 || cfg.Lifetime != 7*time.Hour || cfg.RedisURL != config.NewSecret("redis://environment") || cfg.Dir != "/file" ||
		!slices.Equal(cfg.SecretKeyFallbacks, []config.Secret{config.NewSecret("flag")}) || *app != "app's" {
		t.Errorf("got %+v", cfg)
	}
	sources := map[string]string{
		"workers": "flag", "session-lifetime": "flag", "redis-url": "env", "session-dir": "file", "config": "env", "mode": "default",
	}
	for name, want := range sources {
		if s := setting(t, cfg, name); s.Source != want {
			t.Errorf("%+v: want source %s", s, want)
		}
	}
}

func TestWrongFile(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name, content string
		want          []string
	}{
		"unknown name":      {"a.conf", "sesion-dir /d\n", []string{"a.conf", `"sesion-dir"`}},
		"unknown JSON name": {"a.json", `{"sesion-dir": "/d"}`, []string{"a.json", `"sesion-dir"`}},
		"nested JSON":       {"a.json", `{"session": {"dir": "/d"}}`, []string{"a.json", `"session.dir"`}},
		"another file":      {"a.conf", "config b.conf\n", []string{"a.conf", `"config"`}},
		"the app's flag":    {"a.conf", "addr :80\n", []string{"a.conf", `"addr"`}},
		"letter missing":    {"a.conf", "mod test\n", []string{"a.conf", "line 1", `"mod"`}},
		"behind the JSON":   {"a.json", "{\"workers\": 2}\n}", []string{"a.json", "line 2", "JSON"}},
		"empty JSON":        {"a.json", "", []string{"a.json", "JSON"}},
		"environment name":  {"a.conf", "SESSION_DIR /d\n", []string{"a.conf", `"SESSION_DIR"`}},
		"equals sign":       {"a.conf", "workers=3\n", []string{"a.conf", "write workers, a space and the value"}},
		"no number":         {"a.conf", "workers many\n", []string{"a.conf", "--workers", "NOBODY_SETS_WORKERS", `"many"`}},
		"no JSON number":    {"a.json", `{"workers": "many"}`, []string{"a.json", "--workers", "NOBODY_SETS_WORKERS", `"many"`}},
		"no JSON":           {"a.json", "workers 3", []string{"a.json", "JSON"}},
		"no value":          {"a.conf", "session-dir\n", []string{"a.conf", "session-dir has no value"}},
		"comment for value": {"a.conf", "secret-key # to do\n", []string{"a.conf", "secret-key has no value"}},
		"value out of rule": {"a.conf", "mode prod\n", []string{"--mode", `"prod"`}},
		"too long":          {"a.conf", "session-dir " + strings.Repeat("d", 1<<16) + "\n", []string{"a.conf", "65536"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parse("--config", writeFile(t, test.name, test.content))
			wantError(t, err, test.want...)
		})
	}
}

// A secret alone on a line, as when the file of one is given in place of the
// file with the settings, is not quoted.
func TestSecretForAName(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"hunter2pw", "hunter2", "c0ffee00c0ffee00c0ffee00c0ffee00", "correct-horse-battery"} {
		_, err := parse("--config", writeFile(t, "a.conf", secret+"\n"))
		wantError(t, err, "a.conf", "line 1")
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%v", err)
		}
	}
}

func TestFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, path := range []string{filepath.Join(t.TempDir(), "none.conf"), t.TempDir()} {
		_, err := parse("--config", path)
		wantError(t, err, path)
	}
}
