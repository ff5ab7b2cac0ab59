package config_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
)

// newFlags is a flag set as an app would have one, silent.
func newFlags() *flag.FlagSet {
	fs := flag.NewFlagSet("app", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	return fs
}

// parse parses args with variables that nobody sets.
func parse(args ...string) (config.Config, error) {
	return config.Parse(newFlags(), args, config.WithEnvPrefix("NOBODY_SETS"))
}

// wantError fails unless err contains all words.
func wantError(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", words)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q lacks %q", err, word)
		}
	}
}

func TestEveryFlag(t *testing.T) {
	t.Parallel()
	const long = "0123456789abcdef0123456789abcdef"
	cfg, err := parse(
		"--mode", "production", "--secret-key", long, "--secret-key-fallbacks", long+"1, "+long+"2,",
		"--redis-url", "rediss://h/1", "--session-store", "redis", "--session-fallback", "file",
		"--session-dir", "/d", "--session-migrate-from", "file:///old", "--session-file-sync", "--session-prefix", "p:", "--session-lifetime", "2h",
		"--session-idle-timeout", "1h", "--session-timeout", "3s", "--session-max-size", "2048", "--session-redis-wait", "1",
		"--session-cookie-name", "n", "--session-cookie-domain", "example.com", "--session-cookie-path", "/p",
		"--session-cookie-secure", "TRUE", "--session-cookie-samesite", "None", "--session-cookie-persist=false",
		"--session-cookie-partitioned", "--session-cookie-no-store=false", "--session-token", "bearer", "--session-trust-proxy",
		"--workers", "4", "--debug-endpoints", "--debug-token", long,
		"--session-silence", "redis-no-tls, store-slow,", "--session-silence", "redis-old",
		"--session-on-outage", "anonymous", "--session-anonymous-lifetime", "30m", "--session-memory-limit", "1048576", "--session-audit", "--session-max-per-user", "5",
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range cfg.Settings() {
		if s.Source != "flag" && s.Flag != "config" {
			t.Errorf("%+v: want it from its flag", s)
		}
	}
	cookie := config.Cookie{
		Name: "n", Domain: "example.com", Path: "/p", Secure: config.SecureAlways, SameSite: config.SameSiteNone,
		UntilClosed: true, Partitioned: true, AllowCaching: true,
	}
	checks := map[string]bool{
		"mode":      cfg.Mode == config.Production,
		"key":       cfg.SecretKey == config.NewSecret(long),
		"fallbacks": slices.Equal(cfg.SecretKeyFallbacks, []config.Secret{config.NewSecret(long + "1"), config.NewSecret(long + "2")}),
		"url":       cfg.RedisURL == config.NewSecret("rediss://h/1"),
		"store":     cfg.Store == config.StoreRedis,
		"fallback":  cfg.Fallback == config.StoreFile,
		"dir":       cfg.Dir == "/d",
		"sync":      cfg.FileSync,
		"prefix":    cfg.Prefix == "p:",
		"wait":      cfg.RedisWait == 1,
		"lifetime":  cfg.Lifetime == 2*time.Hour && cfg.AnonymousLifetime == 30*time.Minute,
		"memory":    cfg.MemoryLimit == 1<<20,
		"idle":      cfg.IdleTimeout == time.Hour,
		"timeout":   cfg.Timeout == 3*time.Second,
		"size":      cfg.MaxRecordSize == 2048,
		"cookie":    cfg.Cookie == cookie,
		"proxy":     cfg.TrustProxy,
		"workers":   cfg.Workers == 4,
		"debug":     cfg.DebugEndpoints,
		"token":     cfg.DebugToken == config.NewSecret(long),
		"silence":   slices.Equal(cfg.Silence, []string{"redis-no-tls", "store-slow", "redis-old"}),
	}
	for name, ok := range checks {
		if !ok {
			t.Errorf("%s is wrong in %+v", name, cfg)
		}
	}
}

func TestNothingGivenIsTheDefaults(t *testing.T) {
	t.Parallel()
	cfg, err := parse()
	if err != nil {
		t.Fatal(err)
	}
	byHand := config.Config{}.WithDefaults().Settings()
	for i, s := range cfg.Settings() {
		if s.Source != "default" || s.Value != byHand[i].Value {
			t.Errorf("%+v, want the default %q", s, byHand[i].Value)
		}
	}
	if cfg.Mode != config.Test {
		t.Errorf("mode %q inside go test", cfg.Mode)
	}
}

func TestAppsFlagsAreItsOwn(t *testing.T) {
	cleanEnvironment(t)
	t.Setenv("PATH", "/from/environment")
	t.Setenv("MODE", "test")
	fs := newFlags()
	path := fs.String("path", "default", "")
	verbose := fs.Bool("v", false, "")
	if _, err := config.Parse(fs, []string{"-v", "--mode", "development", "one", "--workers", "9"}); err != nil {
		t.Fatal(err)
	}
	if *path != "default" || !*verbose {
		t.Errorf("path %q, v %t: the app's flags must be as package flag left them", *path, *verbose)
	}
	if want := []string{"one", "--workers", "9"}; !slices.Equal(fs.Args(), want) {
		t.Errorf("positional arguments %q, want %q", fs.Args(), want)
	}
}

func TestNameTakenByTheApp(t *testing.T) {
	t.Parallel()
	fs := newFlags()
	fs.Int("workers", 1, "")
	_, err := config.Parse(fs, nil)
	wantError(t, err, "--workers", "already")
	if fs.Lookup("mode") != nil {
		t.Error("some flags were added all the same")
	}
	_, err = config.Parse(nil, nil)
	wantError(t, err, "flag.CommandLine")
}

func TestHelp(t *testing.T) {
	t.Parallel()
	fs := newFlags()
	var help bytes.Buffer
	fs.SetOutput(&help)
	if _, err := config.Parse(fs, []string{"-h"}, config.WithEnvPrefix("shop_")); !errors.Is(err, flag.ErrHelp) {
		t.Fatalf("got %v, want flag.ErrHelp", err)
	}
	for _, s := range (config.Config{}).Settings() {
		if !strings.Contains(help.String(), "-"+s.Flag) {
			t.Errorf("help lacks %s", s.Flag)
		}
		for _, variable := range strings.Split(s.Env, ", ") {
			if !strings.Contains(help.String(), "SHOP_"+variable) {
				t.Errorf("help lacks SHOP_%s", variable)
			}
		}
	}
	for _, text := range []string{"(default 24h0m0s)", "(default true)", "-session-lifetime duration"} {
		if !strings.Contains(help.String(), text) {
			t.Errorf("help lacks %q:\n%s", text, &help)
		}
	}
}

func TestWrongArguments(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		want []string
	}{
		"no number":            {[]string{"--workers", "many"}, []string{"-workers", "NOBODY_SETS_WORKERS", `"many"`, "whole number"}},
		"no duration":          {[]string{"--session-lifetime=soon"}, []string{"-session-lifetime", "NOBODY_SETS_SESSION_LIFETIME", `"soon"`, "unit"}},
		"no unit":              {[]string{"--session-timeout=5"}, []string{"-session-timeout", `"5"`, "unit"}},
		"no boolean":           {[]string{"--debug-endpoints=maybe"}, []string{"-debug-endpoints", `"maybe"`, "true or false"}},
		"no negated boolean":   {[]string{"--session-cookie-persist=maybe"}, []string{"-session-cookie-persist", `"maybe"`, "true or false"}},
		"boolean with a space": {[]string{"--session-cookie-persist", "false", "--workers", "3"}, []string{"--session-cookie-persist=false"}},
		"no such flag":         {[]string{"--sekret"}, []string{"-sekret"}},
		"zero lifetime":        {[]string{"--session-lifetime", "0"}, []string{"--session-lifetime", `"0s"`}},
		"empty prefix":         {[]string{"--session-prefix="}, []string{"--session-prefix", `""`}},
		"all that is wrong":    {[]string{"--mode=prod", "--workers=0"}, []string{"--mode", "NOBODY_SETS_MODE", `"prod"`, `"production"`, "--workers", `"0"`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parse(test.args...)
			wantError(t, err, test.want...)
		})
	}
}

func TestPositionalTruthIsNoMistake(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--debug-endpoints", "--", "true"},
		{"--debug-endpoints", "serve"},
		{"--workers", "2", "true"},
		{"true"},
	} {
		if _, err := parse(args...); err != nil {
			t.Errorf("%q: %v", args, err)
		}
	}
}
