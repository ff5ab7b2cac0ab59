//go:build unix

package tests

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// Each worker has its own memory.
func TestScriptNamesMemoryStores(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	app := trial.Start(t, "chi", "--session-store", "memory", "--workers", "3", "--debug-endpoints")
	trialScript{args: []string{"--url", app.URL, "--requests", "30"}}.expect(t, 1, "broken: store-private",
		"the cookie was refused by pid", "made by another worker's private store",
		"fix: set --session-store (SESSION_STORE) to file")
}

// Two groups of workers behind one address, which are not set up alike.
func TestScriptNamesWhatDiffers(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	server := redistest.Start(t)
	folder := t.TempDir() + "/sessions"
	const before, after = "Zk3vQ8wLr1TnYb6JxHc0MgPd5SfUe2Ai", "o9BtX4yKq7WmCz1RvGj3NhEs6DpLu8If" // without a comma, for the fallbacks
	for _, c := range []struct {
		name, verdict string
		first, second []string
		says          []string
	}{{
		"secret keys", "broken: secret-key-differs",
		[]string{"--redis-url", server.URL(), "--session-prefix", "a:"},
		[]string{"--redis-url", server.URL(), "--session-prefix", "a:", "--secret-key", after},
		[]string{"the cookie was signed with a key this worker does not have", "fix: give every worker the same --secret-key"},
	}, {
		"secret keys, half way through a change", "broken: foreign-key",
		[]string{"--redis-url", server.URL(), "--session-prefix", "b:"},
		[]string{"--redis-url", server.URL(), "--session-prefix", "b:", "--secret-key", after, "--secret-key-fallbacks", before},
		[]string{"secret-key-rotation", "restart the workers that lack the new key"},
	}, {
		"prefixes", "broken: foreign-store",
		[]string{"--redis-url", server.URL(), "--session-prefix", "c:"},
		[]string{"--redis-url", server.URL(), "--session-prefix", "d:"},
		[]string{"the cookie was made by a worker on another store", "--session-prefix"},
	}, {
		"folders", "broken: foreign-store",
		[]string{"--session-dir", t.TempDir() + "/sessions"},
		[]string{"--session-dir", t.TempDir() + "/sessions"},
		[]string{"the cookie was made by a worker on another store", "--session-dir"},
	}, {
		"cookie names", "broken: cookie-name-differs",
		[]string{"--session-dir", folder},
		[]string{"--session-dir", folder, "--session-cookie-name", "another"},
		[]string{"differently: another, session", "fix: give every worker the same --session-cookie-name"},
	}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			common := []string{"--secret-key", before, "--workers", "1", "--debug-endpoints"}
			address := front(t, trial.Start(t, "echo", append(common, c.first...)...), trial.Start(t, "chi", append(common, c.second...)...))
			trialScript{args: []string{"--url", address, "--requests", "20"}}.expect(t, 1, c.verdict, c.says...)
		})
	}
}

// A store that is gone is told from sessions that are.
func TestScriptNamesDeadStores(t *testing.T) {
	t.Parallel()
	for _, router := range trial.Routers {
		t.Run(router, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			app := trial.Start(t, router, "--secret-key", secret, "--redis-url", server.URL(), "--workers", "2", "--debug-endpoints")
			server.Kill()
			trialScript{args: []string{"--url", app.URL}}.expect(t, 1, "broken: store-unreachable",
				"request 1 failed with 503", "fix: start Redis, or correct --redis-url")
		})
	}
}

// A store that answers and refuses is told from one that is gone.
func TestScriptNamesRefusals(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	for _, c := range []struct {
		name, verdict string
		begin         func(t *testing.T, server *redistest.Server)
		says          []string
	}{{
		"full", "broken: redis-full",
		func(_ *testing.T, server *redistest.Server) {
			server.Do("CONFIG", "SET", "maxmemory-policy", "noeviction")
			server.Do("CONFIG", "SET", "maxmemory", "1mb")
		},
		[]string{"Redis refuses to store sessions now", "request 1 failed with 503", "OOM command not allowed", " CONFIG SET maxmemory "},
	}, {
		"replica", "broken: redis-replica",
		func(t *testing.T, server *redistest.Server) {
			server.Do("REPLICAOF", "127.0.0.1", redistest.Start(t).Port())
		},
		[]string{"is a replica: it is read-only", "request 1 failed with 503", "fix: set --redis-url (REDIS_URL) to the primary's address"},
	}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			app := trial.Start(t, "chi", "--secret-key", secret, "--redis-url", server.URL(), "--workers", "2", "--debug-endpoints")
			c.begin(t, server)
			text := trialScript{args: []string{"--url", app.URL}}.expect(t, 1, c.verdict, c.says...)
			for _, wrong := range []string{"start Redis", "does not answer", "@user_script"} {
				if strings.Contains(text, wrong) {
					t.Errorf("says %q:\n%s", wrong, text)
				}
			}
		})
	}
}

// Sessions that are gone.
func TestScriptNamesLostSessions(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	server := redistest.Start(t)
	app := trial.Start(t, "echo", "--secret-key", secret, "--redis-url", server.URL(), "--workers", "2", "--debug-endpoints")
	var counted atomic.Int64
	flushed := spoiled(t, func(w http.ResponseWriter, r *http.Request, app http.Handler) {
		if r.Method == http.MethodPost && counted.Add(1) == 5 {
			server.Do("FLUSHALL")
		}
		app.ServeHTTP(w, r)
	}, app)
	trialScript{args: []string{"--url", flushed, "--requests", "20", "--min-workers", "1"}}.expect(t, 1, "broken: not-found",
		"the cookie was refused by pid", "redis-no-persistence")
}

// Cookies that are not what they were.
func TestScriptNamesEditedCookies(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	app := trial.Start(t, "echo", "--secret-key", secret, "--redis-url", redistest.Start(t).URL(), "--workers", "2", "--debug-endpoints")
	edited := spoiled(t, func(w http.ResponseWriter, r *http.Request, app http.Handler) {
		if text := r.Header.Get("Cookie"); len(text) > 22 {
			r.Header.Set("Cookie", text[:len(text)-22]+strings.Repeat("A", 22))
		}
		app.ServeHTTP(w, r)
	}, app)
	trialScript{args: []string{"--url", edited, "--requests", "20", "--min-workers", "1"}}.expect(t, 1, "broken: bad-signature",
		"the cookie was refused by pid")
}

// A handler that asks who is logged in, on a route that the session middleware
// does not see.
func TestScriptNamesWrongOrder(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	sessions, err := session.NewManager(t.Context(), config.Config{SecretKey: config.NewSecret(secret), DebugEndpoints: true}, memstore.New(0),
		session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sessions.Close() })
	installed := httpsession.Install(http.NewServeMux(), sessions, debug.New(sessions))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		httpsession.Get(r) // too early: its error names the missing call
		installed.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	trialScript{args: []string{"--url", server.URL, "--requests", "5", "--min-workers", "1"}}.expect(t, 1, "broken: middleware-order",
		"httpsession.Install")
}

// A finding that is worse on one worker counts as it is there, whichever of them
// is asked first.
func TestScriptTakesTheWorstSeverity(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	server := redistest.Start(t)
	args := []string{"--secret-key", doctorKey, "--redis-url", server.URL(), "--workers", "1", "--debug-endpoints"}
	few, many := trial.Start(t, "chi", args...), trial.Start(t, "echo", args...)
	other := trial.Start(t, "fiber", "--secret-key", otherKey, "--redis-url", server.URL(), "--workers", "1")
	stranger := other.NewBrowser()
	stranger.Login("ada")
	other.Stop()
	stranger.Clone(few.URL).Me()
	for range 6 {
		stranger.Clone(many.URL).Me()
	}
	for name, address := range map[string]string{"mild first": front(t, few, many), "bad first": front(t, many, few)} {
		t.Run(name, func(t *testing.T) {
			trialScript{args: []string{"--url", address, "--requests", "5"}}.expect(t, 0, "ok", "warning  findings  cookie-foreign-key: 6 requests")
		})
	}
}
