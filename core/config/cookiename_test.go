package config_test

import (
	"flag"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
)

// The cookie is called __Host-session in production where browsers keep a
// cookie of that name, and a name that somebody chose stays.
func TestCookieName(t *testing.T) {
	t.Parallel()
	const host = "__Host-session"
	for _, test := range []struct {
		name     string
		args     []string
		want     string
		defaults []config.Option
	}{
		{"development", nil, "session", nil},
		{"test", []string{"--mode=test"}, "session", nil},
		{"production", []string{"--mode=production"}, host, nil},
		{"the path spelt out", []string{"--mode=production", "--session-cookie-path=/"}, host, nil},
		{"always Secure", []string{"--mode=production", "--session-cookie-secure=true"}, host, nil},
		{"partitioned", []string{"--mode=production", "--session-cookie-partitioned"}, host, nil},
		{"never Secure", []string{"--mode=production", "--session-cookie-secure=false"}, "session", nil},
		{"a path", []string{"--session-cookie-path=/shop", "--mode=production"}, "session", nil},
		{"a domain", []string{"--mode=production", "--session-cookie-domain=example.com"}, "session", nil},
		{"the old name by choice", []string{"--mode=production", "--session-cookie-name=session"}, "session", nil},
		{"a name by choice", []string{"--mode=production", "--session-cookie-name=shop"}, "shop", nil},
		{"a name of the app's", []string{"--mode=production"}, "session", []config.Option{config.WithDefault("session-cookie-name", "session")}},
		{"a path of the app's", []string{"--mode=production"}, "session", []config.Option{config.WithDefault("session-cookie-path", "/app")}},
	} {
		args := append([]string{"--mode=development", "--secret-key", longKey}, test.args...)
		options := append([]config.Option{config.WithEnvPrefix("NOBODY_SETS")}, test.defaults...)
		cfg, err := config.Parse(flag.NewFlagSet("", flag.ContinueOnError), args, options...)
		if err != nil || cfg.Cookie.Name != test.want || cfg.WithDefaults().Cookie.Name != test.want {
			t.Errorf("%s: %q, then %q, want %q; %v", test.name, cfg.Cookie.Name, cfg.WithDefaults().Cookie.Name, test.want, err)
		}
		byHand := config.Config{Mode: cfg.Mode, SecretKey: cfg.SecretKey, Cookie: cfg.Cookie}
		if setting := cfg.Setting("session-cookie-name"); setting.Value != test.want || byHand.Validate() != nil {
			t.Errorf("%s: %+v, %v", test.name, setting, byHand.Validate())
		}
	}
}

// What code changes after Parse counts as well: a cookie that got a domain is
// not refused for a name that nobody chose.
func TestCookieNameFollowsTheOtherSettings(t *testing.T) {
	t.Parallel()
	parse := func(args ...string) config.Config {
		cfg, err := config.Parse(flag.NewFlagSet("", flag.ContinueOnError), append(args, "--secret-key", longKey), config.WithEnvPrefix("NOBODY_SETS"))
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	name := func(cfg config.Config, change func(*config.Config)) string {
		change(&cfg)
		if err := cfg.Validate(); err != nil {
			t.Error(err)
		}
		return cfg.WithDefaults().Cookie.Name
	}
	for what, got := range map[string][2]string{
		"domain":      {"session", name(parse("--mode=production"), func(c *config.Config) { c.Cookie.Domain = "example.com" })},
		"path":        {"session", name(parse("--mode=production"), func(c *config.Config) { c.Cookie.Path = "/p" })},
		"not Secure":  {"session", name(parse("--mode=production"), func(c *config.Config) { c.Cookie.Secure = config.SecureNever })},
		"mode":        {"__Host-session", name(parse("--mode=development"), func(c *config.Config) { c.Mode = config.Production })},
		"name":        {"mine", name(parse("--mode=production"), func(c *config.Config) { c.Cookie.Name, c.Cookie.Domain = "mine", "example.com" })},
		"none":        {"__Host-session", name(parse("--mode=production"), func(c *config.Config) { c.Cookie.Name = "" })},
		"chosen name": {"session", name(parse("--mode=development", "--session-cookie-name=session"), func(c *config.Config) { c.Mode = config.Production })},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %q, want %q", what, got[1], got[0])
		}
	}
	if s := (config.Config{Mode: config.Production}).Setting("session-cookie-name"); s.Source != "default" {
		t.Errorf("%+v", s)
	}
	if s := (config.Config{Mode: config.Production, Cookie: config.Cookie{Name: "session"}}).Setting("session-cookie-name"); s.Source != "code" {
		t.Errorf("%+v", s)
	}
}
