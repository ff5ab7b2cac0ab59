package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
)

const longKey = "0123456789abcdef0123456789abcdef"

func TestValid(t *testing.T) {
	t.Parallel()
	tests := map[string]config.Config{
		"zero":                   {},
		"zero with defaults":     config.Config{}.WithDefaults(),
		"short key":              {Mode: config.Development, SecretKey: config.NewSecret("short"), SecretKeyFallbacks: []config.Secret{config.NewSecret("s")}},
		"debug without token":    {Mode: config.Development, DebugEndpoints: true},
		"production":             {Mode: config.Production, SecretKey: config.NewSecret(longKey), SecretKeyFallbacks: []config.Secret{config.NewSecret(longKey)}},
		"production, debug":      {Mode: config.Production, SecretKey: config.NewSecret(longKey), DebugEndpoints: true, DebugToken: config.NewSecret(longKey[:16])},
		"production, no debug":   {Mode: config.Production, SecretKey: config.NewSecret(longKey), DebugToken: config.NewSecret("t")},
		"debug, short token":     {Mode: config.Development, DebugEndpoints: true, DebugToken: config.NewSecret("t")},
		"weak in development":    {Mode: config.Development, SecretKey: config.NewSecret(strings.Repeat("0", 64))},
		"memory in production":   {Mode: config.Production, SecretKey: config.NewSecret(longKey), Store: config.StoreMemory},
		"anonymous as long":      {Lifetime: time.Hour, AnonymousLifetime: time.Hour},
		"idle as long as life":   {Lifetime: time.Hour, IdleTimeout: time.Hour},
		"very long life":         {Lifetime: 1000 * 24 * time.Hour},
		"redis":                  {Store: config.StoreRedis, RedisURL: config.NewSecret("redis://h"), Fallback: config.StoreFile},
		"smallest record":        {MaxRecordSize: 1024},
		"host prefix":            {Cookie: config.Cookie{Name: "__Host-s", Secure: config.SecureAlways}},
		"host prefix, auto":      {Cookie: config.Cookie{Name: "__Host-s"}},
		"secure prefix, domain":  {Cookie: config.Cookie{Name: "__Secure-s", Domain: ".example.com", Path: "/p"}},
		"cross-site":             {Cookie: config.Cookie{SameSite: config.SameSiteNone, Partitioned: true}},
		"never secure":           {Cookie: config.Cookie{Secure: config.SecureNever, SameSite: config.SameSiteStrict}},
		"address for domain":     {Cookie: config.Cookie{Domain: "192.0.2.1"}},
		"all characters of name": {Cookie: config.Cookie{Name: "aZ09!#$%&'*+-.^_`|~"}},
		"largest":                {Cookie: config.Cookie{Name: strings.Repeat("n", 3583)}},
	}
	for name, cfg := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := cfg.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestInvalid(t *testing.T) {
	t.Parallel()
	const never = config.SecureNever
	cookie := func(c config.Cookie) config.Config { return config.Config{Cookie: c} }
	production := func(c config.Config) config.Config { c.Mode = config.Production; return c }

	debugWith := func(token string) config.Config {
		return config.Config{SecretKey: config.NewSecret(longKey), DebugEndpoints: true, DebugToken: config.NewSecret(token)}
	}

	tests := map[string]struct {
		cfg  config.Config
		want []string // the first is the flag
	}{
		"mode":     {config.Config{Mode: "prod"}, []string{"mode", `"prod"`, `"development", "production", "test"`}},
		"store":    {config.Config{Store: "disk"}, []string{"session-store", `"disk"`, `"auto", "redis", "file", "memory"`}},
		"fallback": {config.Config{Fallback: config.StoreMemory}, []string{"session-fallback", `"memory"`, `"", "file"`}},
		"no Redis": {config.Config{Store: config.StoreRedis}, []string{"session-store", "--redis-url", "REDIS_URL"}},
		"outage":   {config.Config{OnOutage: "panic"}, []string{"session-on-outage", `"panic"`, "anonymous"}},
		"size":     {config.Config{MaxRecordSize: 1023}, []string{"session-max-size", `"1023"`, "1024"}},
		"wait":     {config.Config{RedisWait: -1}, []string{"session-redis-wait", `"-1"`, "0 or more"}},
		"workers":  {config.Config{Workers: -1}, []string{"workers", `"-1"`, "1 or more"}},

		"lifetime":      {config.Config{Lifetime: -time.Hour}, []string{"session-lifetime", `"-1h0m0s"`, "above 0"}},
		"anonymous":     {config.Config{AnonymousLifetime: -1}, []string{"session-anonymous-lifetime", `"-1ns"`, "above 0", "SESSION_ANONYMOUS_LIFETIME"}},
		"anonymous too": {config.Config{Lifetime: time.Hour, AnonymousLifetime: time.Hour + 1}, []string{"session-anonymous-lifetime", "--session-lifetime", `"1h0m0s"`}},
		"memory":        {config.Config{MemoryLimit: 1<<20 - 1}, []string{"session-memory-limit", "1048576 bytes", "--session-max-size"}},
		"no memory":     {config.Config{MemoryLimit: -1}, []string{"session-memory-limit", `"-1"`}},
		"idle":          {config.Config{IdleTimeout: -1}, []string{"session-idle-timeout", `"-1ns"`, "0 for off"}},
		"idle too long": {config.Config{IdleTimeout: 25 * time.Hour}, []string{"session-idle-timeout", `"25h0m0s"`, "--session-lifetime", `"24h0m0s"`}},
		"timeout":       {config.Config{Timeout: -time.Second}, []string{"session-timeout", `"-1s"`, "above 0"}},
		"idle timeout":  {config.Config{Timeout: 30 * time.Minute}, []string{"session-timeout", `"30m0s"`, "1m0s", "--session-idle-timeout"}},

		"no key":         {production(config.Config{}), []string{"secret-key", "required", "openssl rand -base64 32"}},
		"short key":      {production(config.Config{SecretKey: config.NewSecret(longKey[1:])}), []string{"secret-key", "too short", "32 bytes", "openssl rand -base64 32"}},
		"short fallback": {production(config.Config{SecretKey: config.NewSecret(longKey), SecretKeyFallbacks: []config.Secret{config.NewSecret(longKey), config.NewSecret("short")}}), []string{"secret-key-fallbacks", "position 2", "32 bytes"}},
		"empty fallback": {config.Config{SecretKeyFallbacks: []config.Secret{config.NewSecret("")}}, []string{"secret-key-fallbacks", "position 1", "empty"}},
		"short token":    {production(debugWith("t")), []string{"debug-token", "too short", "16 bytes", "openssl rand -base64 32"}},
		"padded token":   {production(debugWith("  t" + strings.Repeat(" ", 30))), []string{"debug-token", "too short"}},
		"token of 15":    {production(debugWith(longKey[:15])), []string{"debug-token", "too short"}},
		"dull token":     {production(debugWith(strings.Repeat("x", 16))), []string{"debug-token", "one byte over and over"}},
		"zero token":     {production(debugWith("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")), []string{"debug-token", "one byte over and over"}},
		"zero bytes":     {production(config.Config{SecretKey: config.NewSecret(strings.Repeat("\x00", 32))}), []string{"secret-key", "one byte over and over", "openssl rand -base64 32"}},
		"zeros in hex":   {production(config.Config{SecretKey: config.NewSecret(strings.Repeat("00", 32))}), []string{"secret-key", "one byte over and over"}},
		"byte in hex":    {production(config.Config{SecretKey: config.NewSecret(strings.Repeat("fE", 32))}), []string{"secret-key", "one byte over and over"}},
		"zeros, base64":  {production(config.Config{SecretKey: config.NewSecret("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")}), []string{"secret-key", "one byte over and over"}},
		"bytes, base64":  {production(config.Config{SecretKey: config.NewSecret(strings.Repeat("Pz8_", 12))}), []string{"secret-key", "one byte over and over"}},
		"dull, padded":   {production(config.Config{SecretKey: config.NewSecret(strings.Repeat("k", 40) + "\n")}), []string{"secret-key", "one byte over and over"}},
		"dull fallback":  {production(config.Config{SecretKey: config.NewSecret(longKey), SecretKeyFallbacks: []config.Secret{config.NewSecret(strings.Repeat("0", 32))}}), []string{"secret-key-fallbacks", "position 1", "one byte over and over"}},
		"no token":       {production(config.Config{SecretKey: config.NewSecret(longKey), DebugEndpoints: true}), []string{"debug-token", "required"}},

		"secure":               {cookie(config.Cookie{Secure: "yes"}), []string{"session-cookie-secure", `"yes"`, `"auto", "true", "false"`}},
		"samesite":             {cookie(config.Cookie{SameSite: "loose"}), []string{"session-cookie-samesite", `"loose"`, `"lax", "strict", "none"`}},
		"name with space":      {cookie(config.Cookie{Name: "my session"}), []string{"session-cookie-name", `"my session"`}},
		"name with equals":     {cookie(config.Cookie{Name: "a=b"}), []string{"session-cookie-name", `"a=b"`, "ASCII"}},
		"name not ASCII":       {cookie(config.Cookie{Name: "sitzung-ü"}), []string{"session-cookie-name", "ü"}},
		"path without slash":   {cookie(config.Cookie{Path: "shop"}), []string{"session-cookie-path", `"shop"`, "slash"}},
		"path with semicolon":  {cookie(config.Cookie{Path: "/a;b"}), []string{"session-cookie-path", `"/a;b"`, "semicolon"}},
		"path with control":    {cookie(config.Cookie{Path: "/a\n"}), []string{"session-cookie-path", `"/a\n"`, "control"}},
		"path too long":        {cookie(config.Cookie{Path: "/" + strings.Repeat("p", 1024)}), []string{"session-cookie-path", "1024", "..."}},
		"domain with scheme":   {cookie(config.Cookie{Domain: "https://example.com"}), []string{"session-cookie-domain", `"https://example.com"`, "scheme"}},
		"domain with port":     {cookie(config.Cookie{Domain: "example.com:443"}), []string{"session-cookie-domain", `"example.com:443"`, "port"}},
		"domain with dots":     {cookie(config.Cookie{Domain: "example..com"}), []string{"session-cookie-domain", `"example..com"`}},
		"domain not ASCII":     {cookie(config.Cookie{Domain: "bücher.example"}), []string{"session-cookie-domain", "bücher"}},
		"too large":            {cookie(config.Cookie{Name: strings.Repeat("n", 3000), Path: "/" + strings.Repeat("p", 600)}), []string{"session-cookie-name", "3584", "3601", "4096"}},
		"host prefix, path":    {cookie(config.Cookie{Name: "__Host-s", Path: "/p"}), []string{"session-cookie-path", `"/p"`, "__Host-"}},
		"host prefix, domain":  {cookie(config.Cookie{Name: "__host-s", Domain: "example.com"}), []string{"session-cookie-domain", `"example.com"`, "__Host-"}},
		"host prefix, plain":   {cookie(config.Cookie{Name: "__Host-s", Secure: never}), []string{"session-cookie-secure", `"false"`, "__Host-"}},
		"secure prefix, plain": {cookie(config.Cookie{Name: "__Secure-s", Secure: never}), []string{"session-cookie-secure", `"false"`, "__Secure-"}},
		"cross-site, plain":    {cookie(config.Cookie{SameSite: config.SameSiteNone, Secure: never}), []string{"session-cookie-secure", `"false"`, "--session-cookie-samesite"}},
		"partitioned, plain":   {cookie(config.Cookie{Partitioned: true, Secure: never}), []string{"session-cookie-secure", `"false"`, "--session-cookie-partitioned"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.cfg.Validate()
			flag := test.want[0]
			variable := strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
			wantError(t, err, append(test.want[1:], "--"+flag+" (environment "+variable+")")...)
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one problem: %v", err)
			}
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	err := config.Config{Mode: config.Production, Workers: -1, Lifetime: -1, Cookie: config.Cookie{Path: "p"}}.Validate()
	wantError(t, err, "--secret-key", "--workers", "--session-lifetime", "--session-cookie-path")
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 4 {
		t.Errorf("want four errors joined, got %v", err)
	}
}

func TestWithDefaultsKeepsWhatIsSet(t *testing.T) {
	t.Parallel()
	cfg := config.Config{Mode: config.Production, Workers: 5, Cookie: config.Cookie{Path: "/p", UntilClosed: true}}.WithDefaults()
	if cfg.Mode != config.Production || cfg.Workers != 5 || cfg.Cookie.Path != "/p" || !cfg.Cookie.UntilClosed ||
		cfg.Lifetime != 24*time.Hour || cfg.Prefix != "session:" || cfg.Timeout != 2*time.Second || cfg.MaxRecordSize != 1<<20 {
		t.Errorf("got %+v", cfg)
	}
}
