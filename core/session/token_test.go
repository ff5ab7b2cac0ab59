package session_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Every reason, told from the cookie alone: behaviours 65, 66, 67, 74, 76.
func TestReasons(t *testing.T) {
	t.Parallel()
	store := watch()
	m := newManager(t, testConfig(), store)
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	good := b.token()

	otherKey := testConfig()
	otherKey.SecretKey = config.NewSecret("another secret key of 32 bytes!!")
	foreignKey := newBrowser(t, newManager(t, otherKey, memstore.New(0)))
	foreignKey.visit(func(s *session.Session) { set(t, s, "a", 1) })
	foreignStore := newBrowser(t, memoryManager(t))
	foreignStore.visit(func(s *session.Session) { set(t, s, "a", 1) })
	gone := newBrowser(t, m)
	gone.visit(func(s *session.Session) { set(t, s, "a", 1) })
	dead := gone.token()
	gone.visit(func(s *session.Session) { s.Destroy(t.Context()) })

	flip := func(at int) string {
		other := byte('A')
		if good[at] == other {
			other = 'B'
		}
		return good[:at] + string(other) + good[at+1:]
	}
	tests := []struct {
		name, cookie string
		reason       diagnose.Reason
		calls        int // store calls: none unless the signature holds
	}{
		{"no cookie", "", diagnose.ReasonNone, 0},
		{"another cookie", "theme=dark", diagnose.ReasonNone, 0},
		{"empty", "session=", diagnose.ReasonMalformed, 0},
		{"100 KB", "session=" + strings.Repeat("x", 100_000), diagnose.ReasonMalformed, 0},
		{"not base64", "session=v1." + strings.Repeat("!", len(good)-3), diagnose.ReasonMalformed, 0},
		{"cut", "session=" + good[:len(good)-1], diagnose.ReasonMalformed, 0},
		{"longer", "session=" + good + "A", diagnose.ReasonMalformed, 0},
		{"version", "session=v2" + good[2:], diagnose.ReasonMalformed, 0},
		{"padding bits", "session=" + good[:len(good)-1] + "_", diagnose.ReasonMalformed, 0},
		{"id edited", "session=" + flip(5), diagnose.ReasonBadSignature, 0},
		{"store edited", "session=" + flip(33), diagnose.ReasonBadSignature, 0},
		{"mac edited", "session=" + flip(45), diagnose.ReasonBadSignature, 0},
		{"key edited", "session=" + flip(27), diagnose.ReasonForeignKey, 0},
		{"foreign key", foreignKey.cookie, diagnose.ReasonForeignKey, 0},
		{"foreign store", foreignStore.cookie, diagnose.ReasonForeignStore, 1},
		{"logged out", "session=" + dead, diagnose.ReasonNotFound, 1},
		{"good", "session=" + good, "", 1},
		{"doubled, bad one first", "session=x; session=" + good, "", 1},
		{"doubled, dead one first", "session=" + dead + ";session=" + good, "", 2},
		{"doubled, dead one last", "session=" + good + ";session=" + dead, "", 2},
		{"doubled, the same twice", "session=" + good + ";session=" + good, "", 1},
		{"the most telling reason", "session=" + dead + "; session=; " + foreignKey.cookie, diagnose.ReasonNotFound, 1},
		{"many dead ones", strings.Repeat("session="+dead+"; ", 100), diagnose.ReasonNotFound, 1},
	}
	for _, test := range tests {
		store.total()
		visitor := browser{t: t, manager: m, cookie: test.cookie}
		visitor.visit(func(s *session.Session) {
			if got := s.Status().Reason; got != test.reason {
				t.Errorf("%s: reason %q, want %q", test.name, got, test.reason)
			}
			if id := s.ID(); test.reason != "" && strings.Contains(test.cookie, id.String()) {
				t.Errorf("%s: the id of the cookie was adopted", test.name)
			}
		})
		if got := store.total(); got != test.calls {
			t.Errorf("%s: %d store calls, want %d", test.name, got, test.calls)
		}
		if visitor.last != nil {
			t.Errorf("%s: set the cookie %v", test.name, visitor.last)
		}
	}
	counts := m.Diagnostics().Rejections()
	for _, test := range tests {
		if test.reason != "" && counts[test.reason] == 0 {
			t.Errorf("%s was not counted", test.reason)
		}
		if meaning, fix := m.Diagnostics().Explain(test.reason); test.reason != "" && (meaning == "" || fix == "") {
			t.Errorf("%s has no explanation", test.reason)
		}
	}
}

// Behaviours 68 and 112: ids are random, and the store does not know the cookie.
func TestStoreHoldsNoToken(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	seen := map[string]bool{}
	for range 1000 {
		b := newBrowser(t, m)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		id := b.token()[3:25]
		if seen[id] {
			t.Fatal("an id came twice")
		}
		seen[id] = true
	}
	for entry, err := range m.Store().(driver.Lister).All(t.Context()) {
		if err != nil || seen[entry.ID.String()] {
			t.Fatal("the store's key is the cookie's id:", err)
		}
	}
}

// Behaviours 75, 77, 111: an earlier key verifies, and the cookie is replaced.
func TestKeyRotation(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	b := newBrowser(t, newManager(t, testConfig(), store))
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	before := b.token()

	rotated := testConfig()
	rotated.SecretKeyFallbacks = []config.Secret{rotated.SecretKey}
	rotated.SecretKey = config.NewSecret("the key that came after it, 32 b")
	b.manager = newManager(t, rotated, store)
	b.visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 1) })
	if b.token() == before || b.last == nil {
		t.Fatal("not signed anew")
	}
	want(t, "same id", b.token()[:25], before[:25])
	b.visit(func(s *session.Session) {})
	if b.last != nil {
		t.Fatal("signed anew a second time")
	}

	rotated.SecretKeyFallbacks = nil
	b.manager = newManager(t, rotated, store)
	b.visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 1) })
}

// A store that changed its origin, or moved, logs nobody out.
func TestOriginChanges(t *testing.T) {
	t.Parallel()
	before, after := memstore.New(0), memstore.New(0)
	b := newBrowser(t, newManager(t, testConfig(), before))
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	for entry := range before.All(t.Context()) {
		entry.Record.Revision = 0
		if err := after.Save(t.Context(), entry.ID, entry.Record); err != nil {
			t.Fatal(err)
		}
	}
	b.manager = newManager(t, testConfig(), after)
	b.visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 1) })
	if b.last == nil {
		t.Fatal("the cookie still names the old store")
	}
	b.visit(func(s *session.Session) {})
	if b.last != nil {
		t.Fatal("named the new store twice")
	}
}

// Behaviours 40 and 113: the log says why, now and then, and no token.
func TestRejectionLog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	m := newManager(t, testConfig(), memstore.New(0), session.WithLogger(slog.New(slog.NewTextHandler(&out, nil))))
	stranger := newBrowser(t, memoryManager(t))
	stranger.visit(func(s *session.Session) { set(t, s, "a", 1) })
	for range 100 {
		own := browser{t: t, manager: m, cookie: stranger.cookie}
		own.visit(func(*session.Session) {})
	}
	log := out.String()
	want(t, "lines", strings.Count(log, "cookie not accepted"), 1)
	if !strings.Contains(log, "reason=foreign-store") || !strings.Contains(log, "level=WARN") || !strings.Contains(log, "fix=") {
		t.Errorf("log: %s", log)
	}
	if strings.Contains(log, stranger.token()[3:25]) {
		t.Error("the token is in the log")
	}
	want(t, "counted", m.Diagnostics().Rejections()[diagnose.ReasonForeignStore], 100)
}

func TestParseID(t *testing.T) {
	t.Parallel()
	var id session.ID
	b := newBrowser(t, memoryManager(t))
	b.visit(func(s *session.Session) { id = s.ID() })
	for _, text := range []string{id.String(), id.Hex()} {
		if got, err := driver.ParseID(text); got != id || err != nil {
			t.Errorf("ParseID(%q): %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "x", strings.Repeat("!", 22), strings.Repeat("g", 32)} {
		if _, err := driver.ParseID(text); err == nil {
			t.Errorf("ParseID(%q): no error", text)
		}
	}
	if !strings.HasPrefix(id.String(), id.Short()) {
		t.Error("Short is not a prefix")
	}
}
