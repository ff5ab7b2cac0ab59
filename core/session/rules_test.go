package session_test

import (
	"errors"
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// parsed is the configuration of the settings, "flag=value" each, given as
// flags or in the environment.
func parsed(t *testing.T, environment bool, settings ...string) (config.Config, error) {
	t.Helper()
	var args []string
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		if environment {
			t.Setenv("RULES_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_")), value)
			continue
		}
		args = append(args, "--"+setting)
	}
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	return config.Parse(fs, args, config.WithEnvPrefix("RULES"))
}

// What flags and environment can do wrong is found by a manager that runs
// with them, and the nearest right thing is not. Not parallel: it changes the
// environment.
func TestSettingsThatAreFound(t *testing.T) {
	key := inMode("").SecretKey.Reveal()
	for _, test := range []struct {
		id           string
		wrong, right []string
	}{
		{"secret-key-missing", nil, []string{"secret-key=" + key}},
		{"secret-key-default", []string{"secret-key=change-me-in-production-please-now"}, []string{"secret-key=" + key}},
		{"secret-key-default", []string{"secret-key=" + key, "secret-key-fallbacks=keyboard cat"}, []string{"secret-key=" + key, "secret-key-fallbacks=Zq8-" + key}},
		{"secret-key-short", []string{"secret-key=" + key[:31]}, []string{"secret-key=" + key[:32]}},
		{"secret-key-comma", []string{"secret-key=" + key + "," + key[1:]}, []string{"secret-key=" + key, "secret-key-fallbacks=" + key[1:] + "," + key[2:]}},
		{"cookie-domain-wide", []string{"session-cookie-domain=co.uk"}, []string{"session-cookie-domain=shop.co.uk"}},
		{"cookie-lifetime", []string{"session-lifetime=9601h"}, []string{"session-lifetime=9600h"}},
		{"cookie-lifetime", []string{"session-lifetime=9601h"}, []string{"session-lifetime=9601h", "session-cookie-persist=false"}},
		{"cookie-not-secure", []string{"mode=production", "secret-key=" + key, "session-cookie-secure=false"}, []string{"mode=production", "secret-key=" + key}},
		{"debug-no-token", []string{"debug-endpoints=true"}, []string{"debug-endpoints=true", "debug-token=" + key}},
		{"debug-token-short", []string{"debug-endpoints=true", "debug-token=zq8w"}, []string{"debug-endpoints=true", "debug-token=" + key[:16]}},
		{"silence-unknown", []string{"session-silence=store-slow,cookie-lifetme"}, []string{"session-silence=store-slow,cookie-lifetime"}},
		{"store-private", []string{"workers=2"}, []string{"workers=1"}},
	} {
		for from, environment := range map[string]bool{"flags": false, "environment": true} {
			for want, settings := range map[bool][]string{true: test.wrong, false: test.right} {
				name := test.id + "/" + from + "/right"
				if want {
					name = test.id + "/" + from + "/wrong"
				}
				t.Run(name, func(t *testing.T) {
					cfg, err := parsed(t, environment, append([]string{"mode=development"}, settings...)...)
					if err != nil {
						t.Fatal(err)
					}
					found, ok := startFindings(t, cfg, test.id)
					if ok != want || ok && (found.Message == "" || found.Fix == "") {
						t.Errorf("found %v: %+v", ok, found)
					}
				})
			}
		}
	}
}

// startFindings looks for an id in what a manager finds, or is refused for.
func startFindings(t *testing.T, cfg config.Config, id string) (check.Finding, bool) {
	t.Helper()
	m, err := session.NewManager(t.Context(), cfg, memstore.New(0), (&logLines{}).option())
	if err != nil {
		var refused check.Finding
		return refused, errors.As(err, &refused) && refused.ID == id
	}
	t.Cleanup(func() { m.Close() })
	return finding(m.Diagnostics().Findings(t.Context()), id)
}

// What browsers drop in every case starts nowhere, whether it comes from flags
// or from code.
func TestCookiesThatBrowsersDrop(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"session-cookie-name=__Host-id", "session-cookie-samesite=none"} {
		settings := []string{"mode=development", "secret-key=" + inMode("").SecretKey.Reveal(), wrong}
		if _, err := parsed(t, false, append(settings, "session-cookie-secure=false")...); err == nil || !strings.Contains(err.Error(), "--session-cookie-secure (environment RULES_SESSION_COOKIE_SECURE)") {
			t.Errorf("%s: flags: %v", wrong, err)
		}
		cfg, err := parsed(t, false, settings...)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Cookie.Secure = config.SecureNever
		if _, err := session.NewManager(t.Context(), cfg, memstore.New(0)); err == nil {
			t.Errorf("%s: code: it starts", wrong)
		}
	}
}
