//go:build unix

package tests

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

const otherSecret = "quite another secret key, of 32 bytes and more"

// report asks a debug endpoint.
func report[T any](t *testing.T, b *trial.Browser, path string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(b.Do(http.StatusOK, "GET", path).Body), &v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return v
}

// routers runs f for each router.
func routers(t *testing.T, f func(t *testing.T, router string)) {
	t.Parallel()
	for _, router := range someRouters(t) {
		t.Run(router, func(t *testing.T) {
			t.Parallel()
			f(t, router)
		})
	}
}

// Two workers with different keys on one Redis: the second says so, and names
// both fingerprints and the fix.
func TestForeignKeyIsNamed(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		url := redistest.Start(t).URL()
		first := trial.Start(t, router, "--workers", "1", "--debug-endpoints", "--redis-url", url, "--secret-key", secret)
		second := trial.Start(t, router, "--workers", "1", "--debug-endpoints", "--redis-url", url, "--secret-key", otherSecret)
		ada := first.NewBrowser()
		ada.Login("ada")
		stray := ada.Clone(second.URL)
		s := report[debug.SessionReport](t, stray, "/debug/session")
		if s.Session == nil || s.Session.Reason != "foreign-key" || s.Session.Fix == "" || s.Cookie.Key == "" ||
			len(s.Cookie.OurKeys) != 1 || s.Cookie.Key == s.Cookie.OurKeys[0] {
			t.Errorf("session: %+v, cookie: %+v", s.Session, s.Cookie)
		}
		w := report[debug.WorkersReport](t, stray, "/debug/workers")
		if w.Summary.Count != 2 || w.Summary.SigningKeys != 2 || w.Summary.Differing != 1 {
			t.Errorf("workers: %+v", w.Summary)
		}
	})
}

// Stores that are not shared are told from the cookie alone.
func TestForeignStoreIsNamed(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		for name, args := range map[string]func() []string{
			"memory":  func() []string { return []string{"--session-store", "memory"} },
			"folders": func() []string { return []string{"--session-dir", t.TempDir() + "/sessions"} },
		} {
			common := []string{"--workers", "1", "--debug-endpoints", "--secret-key", secret}
			first, second := trial.Start(t, router, append(common, args()...)...), trial.Start(t, router, append(common, args()...)...)
			ada := first.NewBrowser()
			ada.Login("ada")
			stray := ada.Clone(second.URL)
			s := report[debug.SessionReport](t, stray, "/debug/session")
			if s.Session == nil || s.Session.Reason != "foreign-store" || s.Session.Fix == "" {
				t.Errorf("%s: %+v", name, s.Session)
			}
			if c := report[debug.ConfigReport](t, stray, "/debug/config"); !found(c, "cookie-foreign-store") {
				t.Errorf("%s: findings %+v", name, c.Findings)
			}
			if !strings.Contains(second.Log(), "reason=foreign-store") {
				t.Errorf("%s: the log does not say so:\n%s", name, second.Log())
			}
		}
	})
}

func found(c debug.ConfigReport, id string) bool {
	for _, f := range c.Findings {
		if f.ID == id {
			return true
		}
	}
	return false
}

// A flushed Redis and an edited cookie have reasons of their own; the second
// is an attack, not a fault of the set-up.
func TestFlushedAndEdited(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		server := redistest.Start(t)
		app := trial.Start(t, router, "--workers", "1", "--debug-endpoints", "--redis-url", server.URL(), "--secret-key", secret)
		ada := app.NewBrowser()
		ada.Login("ada")
		cookie := ada.Cookie()
		edited := app.NewBrowser().With("Cookie", "session="+cookie[:len(cookie)-22]+strings.Repeat("A", 22))
		if s := report[debug.SessionReport](t, edited, "/debug/session"); s.Session.Reason != "bad-signature" {
			t.Errorf("edited: %+v", s.Session)
		}
		c := report[debug.ConfigReport](t, ada, "/debug/config")
		if !found(c, "cookie-bad-signature") || found(c, "cookie-foreign-key") || found(c, "cookie-foreign-store") {
			t.Errorf("edited: findings %+v", c.Findings)
		}
		server.Do("FLUSHALL")
		if s := report[debug.SessionReport](t, ada, "/debug/session"); s.Session.Reason != "not-found" {
			t.Errorf("flushed: %+v", s.Session)
		}
	})
}

// until polls for what should be true soon.
func until(t *testing.T, patience time.Duration, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	begin := time.Now()
	for !done() {
		if time.Since(begin) > patience {
			t.Fatalf("not within %v: %s", patience, what)
		}
		<-tick.C
	}
	t.Logf("%s: after %v", what, time.Since(begin).Round(time.Millisecond))
}
