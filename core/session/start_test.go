package session_test

import (
	"errors"
	"flag"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Behaviour 110: production does not start with an error, and says all of them.
func TestProductionRefuses(t *testing.T) {
	t.Parallel()
	cfg := inMode(config.Production)
	cfg.Workers, cfg.Cookie.Secure = 2, config.SecureNever
	store := memstore.New(0)
	log := &logLines{}
	_, err := session.NewManager(t.Context(), cfg, store, log.option())
	var found check.Finding
	if !errors.As(err, &found) || found.ID != "store-private" || found.Severity != check.Error {
		t.Fatalf("got %v", err)
	}
	for _, word := range []string{"store-private", "--redis-url", "cookie-not-secure", "--session-cookie-secure", "docs/checks.md#cookie-not-secure"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%v lacks %q", err, word)
		}
	}
	if strings.Contains(err.Error(), "store-memory") {
		t.Errorf("a warning stopped the start: %v", err)
	}
	for id, level := range map[string]string{"store-private": "ERROR", "cookie-not-secure": "ERROR", "store-memory": "WARN"} {
		if lines := log.with("id", id); len(lines) != 1 || lines[0]["level"] != level {
			t.Errorf("%s: logged %v, want one line at %s", id, lines, level)
		}
	}
	if store.Ping(t.Context()) != nil {
		t.Error("the store was closed: it is the caller's until the manager is made")
	}

	cfg.Silence = []string{"store-private", "cookie-not-secure"}
	m := newManager(t, cfg, store)
	if got := m.Diagnostics().Findings(t.Context()); len(got) != 1 || got[0].ID != "store-memory" {
		t.Errorf("with these silenced: %+v", got)
	}
}

func TestDevelopmentLogs(t *testing.T) {
	t.Parallel()
	log := &logLines{}
	m := newManager(t, config.Config{Mode: config.Development, Workers: 2}, memstore.New(0), log.option())
	key := log.with("id", "secret-key-missing")
	if len(key) != 1 || key[0]["level"] != "WARN" || key[0]["docs"] != "docs/checks.md#secret-key-missing" ||
		!strings.Contains(key[0]["fix"].(string), "openssl rand") || !strings.Contains(key[0]["msg"].(string), "random") {
		t.Errorf("logged %v", key)
	}
	if lines := log.with("id", "store-private"); len(lines) != 1 || lines[0]["level"] != "ERROR" {
		t.Errorf("logged %v", lines)
	}
	if lines := log.with("msg", "session: key"); len(lines) != 1 || lines[0]["source"] != "random" || lines[0]["fingerprint"] != m.Diagnostics().Fingerprints()[0].String() {
		t.Errorf("logged %v", lines)
	}
	if lines := log.with("msg", "session: cookie"); len(lines) != 1 || lines[0]["name"] != "session" || lines[0]["secure"] != "auto" {
		t.Errorf("logged %v", lines)
	}
	if lines := log.with("msg", "session: store"); len(lines) != 1 || lines[0]["kind"] != "memory" || lines[0]["id"] != m.Diagnostics().StoreID().String() || lines[0]["shared"] != false {
		t.Errorf("logged %v", lines)
	}
}

// One line says which store is used, and what made it that one. Not parallel:
// it changes the environment.
func TestStoreIsLoggedWithTheReason(t *testing.T) {
	stores := map[string]func() driver.Store{
		"memory": func() driver.Store { return memstore.New(0) },
		"redis":  func() driver.Store { return newSharedStore() },
		"file":   func() driver.Store { s := newSharedStore(); s.kind = "file"; return s },
	}
	const url = "redis-url=redis://h"
	for _, test := range []struct {
		name        string
		environment bool
		settings    []string
		store       string
		because     string
	}{
		{"flag", false, []string{"session-store=memory"}, "memory", "--session-store names it"},
		{"environment", true, []string{"session-store=memory"}, "memory", "RULES_SESSION_STORE names it"},
		{"URL", false, []string{url}, "redis", "no store is named, and there is a Redis URL"},
		{"no URL", false, nil, "file", "no store is named, and there is no Redis URL"},
		{"fallback", false, []string{url, "session-fallback=file"}, "file", "Redis could not be reached"},
		{"fallback not needed", false, []string{url, "session-fallback=file"}, "redis", "no store is named, and there is a Redis URL"},
		{"the app's own", false, nil, "memory", "the app opened it"},
		{"the app's own, whatever is set", false, []string{"session-store=file"}, "memory", "the app opened it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			log := &logLines{}
			cfg, err := parsed(t, test.environment, append(test.settings, "mode=development")...)
			if err != nil {
				t.Fatal(err)
			}
			newManager(t, cfg, stores[test.store](), log.option())
			if lines := log.with("msg", "session: store"); len(lines) != 1 || lines[0]["because"] != test.because {
				t.Errorf("logged %v", lines)
			}
		})
	}
	log := &logLines{}
	cfg := inMode(config.Development)
	cfg.Store = config.StoreMemory
	newManager(t, cfg, stores["memory"](), log.option())
	if lines := log.with("because", "config.Config.Store names it"); len(lines) != 1 {
		t.Errorf("set in code: logged %v", lines)
	}
}

func TestKeySource(t *testing.T) {
	t.Parallel()
	key := inMode("").SecretKey.Reveal()
	cfg, err := config.Parse(flag.NewFlagSet("", flag.ContinueOnError), []string{"--mode=development", "--secret-key", key}, config.WithEnvPrefix("NOBODY_SETS"))
	if err != nil {
		t.Fatal(err)
	}
	for want, cfg := range map[string]config.Config{"flag": cfg, "code": inMode(config.Development)} {
		log := &logLines{}
		newManager(t, cfg, memstore.New(0), log.option())
		if lines := log.with("msg", "session: key"); len(lines) != 1 || lines[0]["source"] != want {
			t.Errorf("%s: logged %v", want, lines)
		}
	}
}

func TestTestModeIsQuiet(t *testing.T) {
	t.Parallel()
	log := &logLines{}
	newManager(t, config.Config{Mode: config.Test}, memstore.New(0), log.option())
	if log.size() > 0 {
		t.Errorf("logged %s", &log.text)
	}
	newManager(t, config.Config{Mode: config.Test, Workers: 2}, memstore.New(0), log.option())
	if lines := log.with("level", "ERROR"); len(lines) != 1 || lines[0]["id"] != "store-private" {
		t.Errorf("logged %v", lines)
	}
}
