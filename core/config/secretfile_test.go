package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
)

// fileSecrets are the settings that may be in a file of their own, with their
// variables.
var fileSecrets = map[string][]string{
	"secret-key":           {"SECRET_KEY"},
	"secret-key-fallbacks": {"SECRET_KEY_FALLBACKS"},
	"redis-url":            {"SESSION_REDIS_URL", "REDIS_URL", "CACHE_REDIS_URL"},
	"debug-token":          {"DEBUG_TOKEN"},
}

// revealed is the text of a secret setting.
func revealed(cfg config.Config, flag string) string {
	switch flag {
	case "secret-key":
		return cfg.SecretKey.Reveal()
	case "redis-url":
		return cfg.RedisURL.Reveal()
	case "debug-token":
		return cfg.DebugToken.Reveal()
	}
	var all []string
	for _, key := range cfg.SecretKeyFallbacks {
		all = append(all, key.Reveal())
	}
	return strings.Join(all, ",")
}

func TestSecretFile(t *testing.T) {
	t.Parallel()
	path := writeFile(t, "secret", " \n"+hidden+" with a space\r\n\n")
	for flag := range fileSecrets {
		for name, args := range map[string][]string{
			"flag":               {"--" + flag + "-file", path},
			"flag, equals":       {"--" + flag + "-file=" + path},
			"configuration file": {"--config", writeFile(t, "app.conf", flag+"-file "+path+"\n")},
			"JSON":               {"--config", writeFile(t, "app.json", `{"`+flag+`-file": "`+path+`"}`)},
			"flag before file":   {"--" + flag + "-file", path, "--config", writeFile(t, "app.conf", flag+" other\n"+flag+"-file other\n")},
		} {
			t.Run(flag+"/"+name, func(t *testing.T) {
				t.Parallel()
				cfg, err := parse(args...)
				if err != nil {
					t.Fatal(err)
				}
				if got := revealed(cfg, flag); got != hidden+" with a space" {
					t.Errorf("got %q", got)
				}
				if s := cfg.Setting(flag); s.Source != "file" || s.File != path || strings.Contains(s.Value, hidden) {
					t.Errorf("got %+v", s)
				}
				if title := cfg.Title(flag); !strings.Contains(title, path) {
					t.Errorf("its title is %q", title)
				}
			})
		}
	}
}

// Each variable has one for a file, with the app's prefix and without, and the
// earlier of several variables counts, whichever way it is set.
func TestSecretFileInTheEnvironment(t *testing.T) {
	for _, prefix := range []string{"", "SHOP_"} {
		for flag, variables := range fileSecrets {
			for i, variable := range variables {
				t.Run(prefix+variable, func(t *testing.T) {
					cleanEnvironment(t)
					path := writeFile(t, "secret", hidden+"\n")
					t.Setenv(prefix+variable+"_FILE", path)
					for _, later := range variables[i+1:] {
						t.Setenv(prefix+later, "later")
						t.Setenv(prefix+later+"_FILE", "/no/such/file")
					}
					cfg, err := config.Parse(newFlags(), nil, config.WithEnvPrefix(prefix))
					if err != nil {
						t.Fatal(err)
					}
					s := cfg.Setting(flag)
					if revealed(cfg, flag) != hidden || s.Source != "file" || s.Env != prefix+variable+"_FILE" || s.File != path {
						t.Errorf("got %q, %+v", revealed(cfg, flag), s)
					}
					t.Setenv(prefix+variable, "given as well")
					_, err = config.Parse(newFlags(), nil, config.WithEnvPrefix(prefix))
					wantError(t, err, prefix+variable+" and "+prefix+variable+"_FILE are both set")
					cfg, err = config.Parse(newFlags(), []string{"--" + flag, "flag"}, config.WithEnvPrefix(prefix))
					if err != nil || revealed(cfg, flag) != "flag" {
						t.Errorf("with a flag: %v, %q", err, revealed(cfg, flag))
					}
				})
			}
		}
	}
}

func TestSecretAndItsFile(t *testing.T) {
	t.Parallel()
	path := writeFile(t, "secret", hidden)
	for flag := range fileSecrets {
		_, err := parse("--"+flag, hidden, "--"+flag+"-file", path)
		wantError(t, err, "--"+flag+" and --"+flag+"-file are both set")
		conf := writeFile(t, "app.conf", flag+"-file "+path+"\n"+flag+" "+hidden+"\n")
		_, err = parse("--config", conf)
		wantError(t, err, conf, flag+" and "+flag+"-file are both set")
	}
}

func TestSeveralKeysInAFile(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"one,two", "one\ntwo\n", "one,\r\n\r\n two\r\n"} {
		cfg, err := parse("--secret-key-fallbacks-file", writeFile(t, "keys", content))
		if err != nil {
			t.Fatal(err)
		}
		if got := revealed(cfg, "secret-key-fallbacks"); got != "one,two" {
			t.Errorf("%q gives %q", content, got)
		}
	}
}

// What is wrong with a secret's file is said with the name of what named it and
// its path, and without its content.
func TestWrongSecretFile(t *testing.T) {
	cleanEnvironment(t)
	forbidden := writeFile(t, "forbidden", hidden)
	if err := os.Chmod(forbidden, 0); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ path, want string }{
		"missing":       {filepath.Join(t.TempDir(), "none"), "no such file"},
		"no folder":     {"/no/such/folder/key", "no such file"},
		"a folder":      {t.TempDir(), "directory"},
		"empty":         {writeFile(t, "empty", ""), "is empty"},
		"space":         {writeFile(t, "space", " \r\n\t\n"), "is empty"},
		"too large":     {writeFile(t, "large", strings.Repeat(hidden, 10_000)), "65536 bytes"},
		"large space":   {writeFile(t, "spaces", hidden+strings.Repeat(" ", 1<<20)), "65536 bytes"},
		"endless":       {"/dev/zero", "65536 bytes"},
		"not permitted": {forbidden, "permission denied"},
	}
	for name, test := range tests {
		for flag, variables := range fileSecrets {
			t.Run(name+"/"+flag, func(t *testing.T) {
				if test.path == forbidden && os.Getuid() == 0 {
					t.Skip("root may read everything")
				}
				_, err := parse("--"+flag+"-file", test.path)
				wantError(t, err, "--"+flag+"-file", test.path, test.want)
				conf := writeFile(t, "app.conf", flag+"-file "+test.path+"\n")
				_, err = parse("--config", conf)
				wantError(t, err, conf, flag+"-file", test.path, test.want)
				t.Setenv("SHOP_"+variables[0]+"_FILE", test.path)
				_, err = config.Parse(newFlags(), nil, config.WithEnvPrefix("SHOP"))
				wantError(t, err, "SHOP_"+variables[0]+"_FILE", test.path, test.want)
				if strings.Contains(err.Error(), hidden) {
					t.Errorf("the secret shows: %.200v", err)
				}
			})
		}
	}
	_, err := parse("--secret-key-file", "")
	wantError(t, err, "--secret-key-file", "names no file")
	_, err = parse("--config", writeFile(t, "app.conf", "secret-key-file\n"))
	wantError(t, err, "secret-key-file has no value")
}

// A secret that stands where its file's name belongs is not told to the log.
func TestSecretInsteadOfItsFile(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{
		"kW2vN8xQ4mZ7pR1tY6uB3cD9fG5hJ0aL2sE8iO4nX7w=", "/W2vN8xQ4mZ7pR1t/6uB3cD9fG5hJ0aL2sE8iO4nX7w=", "hunter2", "kW2v/N8xQ4mZ7pR1",
		"redis://:hunter2@localhost:6379/0", "/a+b/c",
	} {
		_, err := parse("--secret-key-file", secret)
		wantError(t, err, "--secret-key-file", "not shown")
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the secret shows: %v", err)
		}
	}
}

func TestSecretsThatAreSet(t *testing.T) {
	t.Parallel()
	list := func(cfg config.Config) (names string) {
		for _, s := range cfg.Secrets() {
			names += s.Flag + " "
		}
		return names
	}
	if got := list(config.Config{RedisURL: config.NewSecret("redis://h:6379/0")}); got != "" {
		t.Errorf("got %s", got)
	}
	one := config.NewSecret("x")
	full := config.Config{SecretKey: one, SecretKeyFallbacks: []config.Secret{one}, DebugToken: one, RedisURL: config.NewSecret("redis://:x@h")}
	if got := list(full); got != "secret-key secret-key-fallbacks redis-url debug-token " {
		t.Errorf("got %s", got)
	}
}
