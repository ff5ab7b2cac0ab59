package config_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
)

const hidden = "hunter2hunter2"

func TestSecretNeverPrints(t *testing.T) {
	t.Parallel()
	secret := config.NewSecret(hidden)
	cfg := config.Config{SecretKey: secret, SecretKeyFallbacks: []config.Secret{secret}, RedisURL: secret, DebugToken: secret}
	type app struct { // of fields whose methods fmt cannot call
		cfg      config.Config
		key      config.Secret
		pointer  *config.Config
		byName   map[string]config.Secret
		anything any
	}
	hides := app{cfg, secret, &cfg, map[string]config.Secret{"a": secret}, cfg}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%20s", "%-5.3v"} {
		for _, v := range []any{cfg, &cfg, cfg.SecretKey, cfg.SecretKeyFallbacks, hides, &hides, []app{hides}} {
			printed := fmt.Sprintf(verb, v)
			if strings.Contains(printed, hidden[:3]) || strings.Contains(strings.ToLower(printed), fmt.Sprintf("%x", hidden[:3])) {
				t.Errorf("%s of %T prints %s", verb, v, printed)
			}
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "key", cfg.SecretKey, "cfg", cfg)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "key", cfg.SecretKey, "cfg", cfg)
	encoded, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{log.String(), string(encoded)} {
		if strings.Contains(text, hidden) || !strings.Contains(text, "[set]") {
			t.Errorf("logged or encoded: %s", text)
		}
	}
}

func TestSecretText(t *testing.T) {
	t.Parallel()
	for secret, want := range map[config.Secret]string{{}: "", config.NewSecret("x"): "[set]"} {
		if got := fmt.Sprint(secret) + secret.GoString() + secret.LogValue().String(); got != want+want+want {
			t.Errorf("%q prints as %q", secret.Reveal(), got)
		}
	}
}

func TestSecretIsItsText(t *testing.T) {
	t.Parallel()
	secret := config.NewSecret(hidden)
	var decoded struct{ Key config.Secret }
	if err := json.Unmarshal([]byte(`{"Key":"`+hidden+`"}`), &decoded); err != nil {
		t.Fatal(err)
	}
	if secret.Reveal() != hidden || secret.IsZero() || secret != config.NewSecret(strings.Clone(hidden)) || secret != decoded.Key {
		t.Error("not the text it was made of")
	}
	if secret == config.NewSecret(hidden+" ") {
		t.Error("two texts are one secret")
	}
	empty := config.NewSecret("")
	if empty != (config.Secret{}) || empty.Reveal() != "" || !empty.IsZero() {
		t.Error("the empty text is not the empty secret")
	}
}

func TestNoErrorHasASecret(t *testing.T) {
	t.Parallel()
	attempts := map[string][]string{
		"wrong elsewhere": {"--workers=many"},
		"three dashes":    {"---secret-key=" + hidden},
		"production":      {"--mode=production", "--debug-endpoints"},
		"help":            {"-h"},
		"file, equals":    {"--config", writeFile(t, "a.conf", "secret-key="+hidden)},
		"file, colon":     {"--config", writeFile(t, "a.conf", "secret-key:"+hidden)},
		"file, tab":       {"--config", writeFile(t, "a.conf", "secret-key\t"+hidden)},
		"file, typo":      {"--config", writeFile(t, "a.conf", "secret_key="+hidden)},
		"file, alone":     {"--config", writeFile(t, "a.conf", strings.Repeat(hidden, 3)+"==")},
		"file, JSON":      {"--config", writeFile(t, "a.json", `{"secret-key": "`+hidden+`", "workers": []`)},
		"file, JSON deep": {"--config", writeFile(t, "a.json", `{"secret-key": {"value": "`+hidden+`"}}`)},
	}
	secrets := []string{
		"--secret-key", hidden, "--secret-key-fallbacks", hidden + "," + hidden,
		"--redis-url", "redis://u:" + hidden + "/@h:port", "--session-store=redis", "--debug-token=",
	}
	for name, args := range attempts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var output bytes.Buffer
			fs := flag.NewFlagSet("app", flag.ContinueOnError)
			fs.SetOutput(&output)
			_, err := config.Parse(fs, append(secrets[:len(secrets):len(secrets)], args...), config.WithEnvPrefix("NOBODY_SETS"))
			if err == nil {
				t.Fatal("no error")
			}
			if strings.Contains(err.Error()+output.String(), hidden) {
				t.Errorf("the secret shows: %v\n%s", err, &output)
			}
			fs.VisitAll(func(f *flag.Flag) {
				if strings.Contains(f.Value.String(), hidden) {
					t.Errorf("flag %s shows the secret", f.Name)
				}
			})
		})
	}
}
