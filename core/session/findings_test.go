package session_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// sharedStore is a store that claims to be a shared Redis, and says of itself
// what a test wants.
type sharedStore struct {
	*memstore.Store
	kind       string // "redis" when empty
	ping       func(context.Context) error
	inspection check.Inspection
	inspectErr error
	workers    map[string]json.RawMessage
	workersErr error
}

func newSharedStore() *sharedStore {
	return &sharedStore{
		Store:      memstore.New(0),
		inspection: check.Inspection{Facts: map[string]string{"version": "7.2.4"}},
	}
}

func (s *sharedStore) Describe() driver.Description {
	return driver.Description{Kind: cmp.Or(s.kind, "redis"), Address: "redis.internal:6379/0"}
}

func (s *sharedStore) Ping(ctx context.Context) error {
	if s.ping != nil {
		return s.ping(ctx)
	}
	return s.Store.Ping(ctx)
}

func (s *sharedStore) Inspect(context.Context) (check.Inspection, error) {
	return s.inspection, s.inspectErr
}

func (s *sharedStore) Announce(context.Context, string, json.RawMessage, time.Duration) (time.Time, error) {
	return time.Time{}, nil
}

func (s *sharedStore) Withdraw(context.Context, string) error { return nil }

func (s *sharedStore) Workers(context.Context) (map[string]json.RawMessage, error) {
	return s.workers, s.workersErr
}

// logLines keeps what is logged, a line of JSON each.
type logLines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logLines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logLines) option() session.Option {
	return session.WithLogger(slog.New(slog.NewJSONHandler(l, nil)))
}

// with returns the lines whose attribute has the value.
func (l *logLines) with(attribute, value string) (lines []map[string]any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for text := range strings.Lines(l.text.String()) {
		var line map[string]any
		if json.Unmarshal([]byte(text), &line) == nil && line[attribute] == value {
			lines = append(lines, line)
		}
	}
	return lines
}

func (l *logLines) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Len()
}

func inMode(mode config.Mode) config.Config {
	return config.Config{Mode: mode, SecretKey: config.NewSecret("kW2vN8xQ4mZ7pR1tY6uB3cD9fG5hJ0aL2sE8iO4nX7w=")}
}

// finding looks for an id.
func finding(findings []check.Finding, id string) (check.Finding, bool) {
	i := slices.IndexFunc(findings, func(f check.Finding) bool { return f.ID == id })
	if i < 0 {
		return check.Finding{}, false
	}
	return findings[i], true
}

// Two workers that keep their sessions in memory: the second one says so when
// the first one's cookie comes.
func TestPrivateStoresAreNoticed(t *testing.T) {
	t.Parallel()
	log := &logLines{}
	one := newBrowser(t, newManager(t, inMode(config.Development), memstore.New(0)))
	two := newManager(t, inMode(config.Development), memstore.New(0), log.option())
	if got := two.Diagnostics().Findings(t.Context()); len(got) > 0 {
		t.Fatalf("found before: %+v", got)
	}
	one.visit(func(s *session.Session) { set(t, s, "a", 1) })
	lost := newBrowser(t, two)
	lost.cookie = one.cookie
	lost.visit(func(s *session.Session) {
		want(t, "reason", s.Status().Reason, diagnose.ReasonForeignStore)
	})
	found, ok := finding(two.Diagnostics().Findings(t.Context()), "cookie-foreign-store")
	if !ok || !strings.Contains(found.Message, "another worker's private store") || !strings.Contains(found.Fix, "--redis-url") {
		t.Errorf("found %+v", found)
	}
	lines := log.with("reason", "foreign-store")
	if len(lines) != 1 || !strings.Contains(lines[0]["meaning"].(string), "this cookie was made by another worker's private store") {
		t.Errorf("logged %v", lines)
	}
	meaning, _ := newManager(t, inMode(config.Development), newSharedStore()).Diagnostics().Explain(diagnose.ReasonForeignStore)
	if !strings.Contains(meaning, "another store") {
		t.Errorf("meaning on a shared store: %q", meaning)
	}
}

// Two workers with nothing configured: the first cookie of the other one says
// that keys and stores both part them, and what ends both.
func TestNothingConfiguredIsNoticed(t *testing.T) {
	t.Parallel()
	log := &logLines{}
	one := newBrowser(t, newManager(t, config.Config{Mode: config.Development}, memstore.New(0)))
	two := newManager(t, config.Config{Mode: config.Development}, memstore.New(0), log.option())
	one.visit(func(s *session.Session) { set(t, s, "a", 1) })
	lost := newBrowser(t, two)
	lost.cookie = one.cookie
	lost.visit(func(s *session.Session) { want(t, "reason", s.Status().Reason, diagnose.ReasonForeignKey) })
	found, ok := finding(two.Diagnostics().Findings(t.Context()), "cookie-foreign-key")
	if !ok || found.Severity != check.Warning {
		t.Errorf("found %+v", found)
	}
	meaning, fix := two.Diagnostics().Explain(diagnose.ReasonForeignKey)
	lines := log.with("reason", "foreign-key")
	if len(lines) != 1 || lines[0]["level"] != "WARN" || lines[0]["meaning"] != meaning || lines[0]["fix"] != fix {
		t.Errorf("logged %v", lines)
	}
	for _, text := range []string{found.Message, meaning} {
		if !strings.Contains(text, "a key this worker does not have, and made by another worker's private store") {
			t.Errorf("%q does not name both", text)
		}
	}
	for _, text := range []string{found.Fix, fix} {
		if !strings.Contains(text, "--session-store (SESSION_STORE) to file") || !strings.Contains(text, "--secret-key (SECRET_KEY)") {
			t.Errorf("%q does not mend both", text)
		}
	}
}

// What is to be done names the settings as this app calls them, and suits its
// store.
func TestExplainNamesTheSettings(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse(flag.NewFlagSet("", flag.ContinueOnError), []string{"--mode=development", "--secret-key", inMode("").SecretKey.Reveal()}, config.WithEnvPrefix("SHOP"))
	if err != nil {
		t.Fatal(err)
	}
	shared, files, memory := newSharedStore(), newSharedStore(), memstore.New(0)
	files.kind = "file"
	for _, test := range []struct {
		store  driver.Store
		reason diagnose.Reason
		words  []string // in this order
	}{
		{shared, diagnose.ReasonMalformed, []string{"--session-cookie-name (SHOP_SESSION_COOKIE_NAME)"}},
		{shared, diagnose.ReasonExpired, []string{"--session-lifetime (SHOP_SESSION_LIFETIME)", "--session-idle-timeout (SHOP_SESSION_IDLE_TIMEOUT)"}},
		{shared, diagnose.ReasonForeignKey, []string{"--secret-key (SHOP_SECRET_KEY)", "--secret-key-fallbacks (SHOP_SECRET_KEY_FALLBACKS)", "24h0m0s"}},
		{shared, diagnose.ReasonForeignStore, []string{"--redis-url (SHOP_REDIS_URL)", "--session-prefix (SHOP_SESSION_PREFIX)"}},
		{files, diagnose.ReasonForeignStore, []string{"--session-dir (SHOP_SESSION_DIR)", "--redis-url (SHOP_REDIS_URL)"}},
		{memory, diagnose.ReasonForeignStore, []string{"--session-store (SHOP_SESSION_STORE) to file", "--redis-url (SHOP_REDIS_URL)"}},
	} {
		_, fix := newManager(t, cfg, test.store).Diagnostics().Explain(test.reason)
		rest := fix
		for _, word := range test.words {
			var ok bool
			if _, rest, ok = strings.Cut(rest, word); !ok {
				t.Errorf("%s: %q lacks %q, or has it too early", test.reason, fix, word)
			}
		}
	}
}

func TestFactsOfASharedStore(t *testing.T) {
	t.Parallel()
	store := newSharedStore()
	cfg := inMode(config.Development)
	cfg.RedisURL = config.NewSecret("redis://h")
	stranger := worker.Info{ID: "4e5f6071", PID: 7, Host: "web2", Keys: []string{"00000000"}, Skew: 3 * time.Second}
	raw, err := json.Marshal(stranger)
	if err != nil {
		t.Fatal(err)
	}
	store.workers = map[string]json.RawMessage{stranger.ID: raw}
	store.inspection = check.Inspection{
		Facts:     map[string]string{"maxmemory_policy": "allkeys-lru"},
		Unchecked: map[string]string{"save": "NOPERM"},
	}
	m := newManager(t, cfg, store)
	m.Diagnostics().SetFramework("chi")

	facts := m.Diagnostics().Facts(t.Context())
	if facts.Store.Kind != "redis" || facts.Store.Address != "redis.internal:6379/0" || facts.Store.Private || facts.Store.Err != nil || facts.Store.Latency <= 0 {
		t.Errorf("store: %+v", facts.Store)
	}
	if facts.Self.ID != m.Diagnostics().Worker().ID || facts.Self.Framework != "chi" || len(facts.Workers) != 2 || facts.Workers[1].ID != facts.Self.ID {
		t.Errorf("workers: %+v", facts.Workers)
	}
	findings := check.Run(facts)
	for _, id := range []string{"redis-evicts", "store-unchecked", "secret-key-differs", "clock-skew", "workers-config"} {
		if _, ok := finding(findings, id); !ok {
			t.Errorf("no %s in %+v", id, findings)
		}
	}

	store.inspectErr, store.workersErr = errors.New("NOAUTH"), errDown
	facts = m.Diagnostics().Facts(t.Context())
	want(t, "save", facts.Store.Unchecked["save"], "NOPERM")
	want(t, "inspection", facts.Store.Unchecked["inspection"], "NOAUTH")
	if text := facts.Store.Unchecked[check.UncheckedWorkers]; !strings.Contains(text, errDown.Error()) {
		t.Errorf("workers: %q", text)
	}
	want(t, "what the store keeps", len(store.inspection.Unchecked), 1)
	want(t, "workers when they cannot be read", len(facts.Workers), 1)
}

// A store without a registry is no reason to miss workers.
func TestFactsWithoutRegistry(t *testing.T) {
	t.Parallel()
	facts := newManager(t, inMode(config.Development), struct{ driver.Store }{memstore.New(0)}).Diagnostics().Facts(t.Context())
	if facts.Store.Unchecked[check.UncheckedWorkers] == "" || len(facts.Workers) != 1 {
		t.Errorf("got %+v", facts)
	}
}

func TestStoreThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newSharedStore()
		store.ping = func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}
		cfg := inMode(config.Development)
		cfg.Timeout = time.Minute
		begin := time.Now()
		newManager(t, cfg, store)
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("the start took %v", took)
		}
		cfg.Timeout = time.Second
		m := newManager(t, cfg, store)
		begin = time.Now()
		found, ok := finding(m.Diagnostics().Findings(t.Context()), "store-unreachable")
		if took := time.Since(begin); !ok || took != time.Second || !strings.Contains(found.Message, "--session-timeout") {
			t.Errorf("found %+v after %v", found, took)
		}
		cfg.Mode = config.Production
		var refused check.Finding
		if _, err := session.NewManager(t.Context(), cfg, store, session.WithLogger(slog.New(slog.DiscardHandler))); !errors.As(err, &refused) || refused.ID != "store-unreachable" {
			t.Errorf("production: %v", err)
		}
	})
}

// One slow answer means nothing, several do.
func TestStoreThatSeemsSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newSharedStore()
		m := newManager(t, inMode(config.Development), store)
		var delays []time.Duration
		store.ping = func(context.Context) error {
			time.Sleep(delays[0])
			delays = delays[1:]
			return nil
		}
		const slow, fast = 90 * time.Millisecond, time.Millisecond
		delays = []time.Duration{slow, fast}
		if found, ok := finding(m.Diagnostics().Findings(t.Context()), "store-slow"); ok {
			t.Errorf("found %+v", found)
		}
		delays = []time.Duration{slow + fast, slow, slow + fast}
		if found, _ := finding(m.Diagnostics().Findings(t.Context()), "store-slow"); !strings.Contains(found.Message, "90ms") {
			t.Errorf("found %+v", found)
		}
		store.ping = nil
	})
}

// Not parallel: it changes the environment.
func TestFiberPreforkChild(t *testing.T) {
	for _, variable := range []string{"FIBER_PREFORK_CHILD", "FASTHTTP_PREFORK_CHILD"} { // v2 and v3
		t.Run(variable, func(t *testing.T) {
			t.Setenv(variable, "1")
			m := newManager(t, inMode(config.Development), memstore.New(0))
			if _, ok := finding(m.Diagnostics().Findings(t.Context()), "fiber-prefork-memory"); !ok || !m.Diagnostics().Worker().Prefork {
				t.Errorf("not noticed: %+v", m.Diagnostics().Worker())
			}
		})
	}
}

// Another app on the same host is not told to share its key: its cookies name
// another store, too.
func TestCookiesOfAnotherApp(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"file", "redis"} {
		log := &logLines{}
		store := newSharedStore()
		store.kind = kind
		m := newManager(t, inMode(config.Development), store, log.option())
		stranger := newManager(t, config.Config{Mode: config.Development}, newSharedStore())
		b := newBrowser(t, stranger)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		ours := &browser{t: t, manager: m, cookie: b.cookie}
		for range check.WarnAfter {
			ours.visit(func(s *session.Session) {
				if _, fix := m.Diagnostics().ExplainToken(s.Status().From, s.Status().Reason, s.Status().Store); !strings.HasPrefix(fix, "if another app on this host set them, give this one a --session-cookie-name (SESSION_COOKIE_NAME) of its own") {
					t.Errorf("%s: %q", kind, fix)
				}
			})
		}
		found, _ := finding(m.Diagnostics().Findings(t.Context()), "cookie-foreign-key")
		lines := log.with("reason", "foreign-key")
		if len(lines) != 1 || !strings.HasPrefix(lines[0]["fix"].(string), "if another app on this host") || !strings.HasPrefix(found.Fix, "if another app on this host") {
			t.Errorf("%s: logged %v, found %+v", kind, lines, found)
		}
		// The same store: a worker of this app that has another key.
		near := newManager(t, config.Config{Mode: config.Development}, store)
		b = newBrowser(t, near)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		ours.cookie = b.cookie
		ours.visit(func(s *session.Session) {
			if _, fix := m.Diagnostics().ExplainToken(s.Status().From, s.Status().Reason, s.Status().Store); strings.Contains(fix, "another app") || !strings.Contains(fix, "the same --secret-key") {
				t.Errorf("%s: %q", kind, fix)
			}
		})
	}
}
