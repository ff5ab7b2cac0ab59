//go:build unix

package tests

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// Keys without a comma, so that they can be fallbacks.
const doctorKey = "Zk3vQ8wLr1TnYb6JxHc0MgPd5SfUe2Ai"
const otherKey = "o9BtX4yKq7WmCz1RvGj3NhEs6DpLu8If"

// diagnosis is what the doctor must say of a deployment: the id of the cause and
// words of the first line, and words of the second, which is the fix.
type diagnosis struct {
	url  string
	env  []string
	args []string
	id   string
	says string
	fix  string
}

func (d diagnosis) expect(t *testing.T) {
	t.Helper()
	out, stderr, exit := trial.Command(t, append(append(d.env, "doctor"), append(d.args, d.url)...)...)
	lines := append(strings.SplitN(out, "\n", 3), "", "")
	if exit != 1 || !strings.HasPrefix(lines[0], "broken: ") || !strings.HasSuffix(lines[0], "["+d.id+"]") ||
		!strings.Contains(lines[0], d.says) || !strings.HasPrefix(lines[1], "  fix:") || !strings.Contains(lines[1], d.fix) {
		t.Errorf("exit status %d, want 1, and the cause %s with %q, fix with %q:\n%s%s", exit, d.id, d.says, d.fix, out, stderr)
	}
	if cookie.MatchString(out) || strings.Contains(out+stderr, debugToken) || strings.Contains(out, "\033") || stderr != "" {
		t.Errorf("shows a cookie, the token, colours, or progress where there is no terminal:\n%s%s", out, stderr)
	}
	if others := strings.Count(out, "\nPROBLEM: "); others > 0 {
		t.Errorf("names %d more problems of one cause:\n%s", others, out)
	}
}

// pair is two groups of workers behind one address.
func pair(t *testing.T, common, first, second []string) string {
	common = append([]string{"--workers", "1", "--debug-endpoints"}, common...)
	return front(t, trial.Start(t, "echo", append(common, first...)...), trial.Start(t, "chi", append(common, second...)...))
}

func TestDoctorNamesWhatDiffers(t *testing.T) {
	t.Parallel()
	server, other := redistest.Start(t), redistest.Start(t)
	key := []string{"--secret-key", doctorKey}
	dir := func() []string { return []string{"--session-dir", t.TempDir() + "/sessions"} }
	redis := func(more ...string) []string { return append([]string{"--redis-url", server.URL()}, more...) }
	for _, c := range []struct {
		name                  string
		common, first, second []string
		id, says, fix         string
	}{
		{"keys", redis("--session-prefix", "a:"), key, []string{"--secret-key", otherKey}, "secret-key-differs", "different secret keys", "same --secret-key (SECRET_KEY)"},
		{"keys halfway", redis("--session-prefix", "b:"), key, []string{"--secret-key", otherKey, "--secret-key-fallbacks", doctorKey}, "secret-key-rotation", "does not have the new one", "restart pid"},
		{"keys, one in quotes", redis("--session-prefix", "q:"), key, []string{"--secret-key", `"` + doctorKey + `"`}, "secret-key-differs", "has a quote at its end", "write it without quotes"},
		{"no key", redis("--session-prefix", "c:"), nil, nil, "secret-key-missing", "no secret key", "set --secret-key (SECRET_KEY) to the output of"},
		{"servers", key, redis("--session-prefix", "g:"), []string{"--session-prefix", "g:", "--redis-url", other.URL()}, "store-differs", "--redis-url is redis://", "same --redis-url (REDIS_URL)"},
		{"databases", key, redis("--session-prefix", "h:"), []string{"--session-prefix", "h:", "--redis-url", strings.TrimSuffix(server.URL(), "/0") + "/3"}, "store-differs", "/3", "same --redis-url (REDIS_URL)"},
		{"prefixes", key, redis("--session-prefix", "d:"), redis("--session-prefix", "e:"), "store-differs", "--session-prefix is", "same --session-prefix (SESSION_PREFIX)"},
		{"folders", key, []string{"--session-dir", t.TempDir() + "/sessions"}, []string{"--session-dir", t.TempDir() + "/sessions"}, "store-differs", "--session-dir is", "same --session-dir (SESSION_DIR)"},
		{"kinds", key, dir(), redis("--session-prefix", "f:"), "store-differs", "different places", "--redis-url (REDIS_URL)"},
		{"cookie names", append(dir(), key...), nil, []string{"--session-cookie-name", "another"}, "cookie-name-differs", "another", "same --session-cookie-name"},
		{"lifetimes", append(dir(), key...), nil, []string{"--session-lifetime", "10m"}, "workers-config", "--session-lifetime is", "same --session-lifetime (SESSION_LIFETIME)"},
		{"idle timeouts", append(dir(), key...), nil, []string{"--session-idle-timeout", "10m"}, "workers-config", "--session-idle-timeout is", "same --session-idle-timeout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			diagnosis{url: pair(t, c.common, c.first, c.second), id: c.id, says: c.says, fix: c.fix}.expect(t)
		})
	}
}

func TestDoctorNamesMemory(t *testing.T) {
	t.Parallel()
	for _, router := range trial.Routers {
		t.Run(router, func(t *testing.T) {
			t.Parallel()
			app := trial.Start(t, router, "--session-store", "memory", "--workers", "3", "--debug-endpoints")
			diagnosis{url: app.URL, id: "store-private", says: "in its own memory", fix: "set --session-store (SESSION_STORE) to file"}.expect(t)
		})
	}
}

func TestDoctorNamesRedisFaults(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	fill := func(server *redistest.Server) {
		for i := range 400 {
			server.Do("SET", fmt.Sprint("cache:", i), strings.Repeat("x", 10_000))
		}
	}
	for _, c := range []struct {
		name          string
		spoil         func(t *testing.T, server *redistest.Server, app *trial.App)
		id, says, fix string
	}{
		{"killed", func(_ *testing.T, server *redistest.Server, _ *trial.App) { server.Kill() }, "store-unreachable", "does not answer", "start Redis"},
		{"replica", func(t *testing.T, server *redistest.Server, _ *trial.App) {
			server.Do("REPLICAOF", "127.0.0.1", redistest.Start(t).Port())
		}, "redis-replica", "read-only", "the primary's address"},
		{"full", func(_ *testing.T, server *redistest.Server, _ *trial.App) {
			server.Do("CONFIG", "SET", "maxmemory-policy", "noeviction")
			server.Do("CONFIG", "SET", "maxmemory", "1mb")
		}, "redis-full", "it is full", "CONFIG SET maxmemory"},
		{"rights", func(_ *testing.T, server *redistest.Server, app *trial.App) {
			server.Do("ACL", "SETUSER", "default", "-get", "-mget", "-eval", "-evalsha", "-ping")
		}, "store-refuses", "NOPERM", "the ACL user lacks a right"},
		{"evicting", func(_ *testing.T, server *redistest.Server, app *trial.App) {
			visitor := app.NewBrowser()
			visitor.Login("ada")
			server.Do("CONFIG", "SET", "maxmemory-policy", "allkeys-random")
			server.Do("CONFIG", "SET", "maxmemory", "2mb")
			fill(server)
		}, "redis-evicts", "has thrown out", "maxmemory-policy noeviction"},
		{"restarted", func(t *testing.T, server *redistest.Server, app *trial.App) {
			visitors := loggedIn(app, 4)
			awaitUptime(t, app, 3)
			server.Kill()
			server.Restart()
			awaitEmptied(t, app)
			for _, v := range visitors {
				v.Me()
			}
		}, "redis-no-persistence", "started anew", "CONFIG SET appendonly yes"},
		{"flushed", func(_ *testing.T, server *redistest.Server, app *trial.App) {
			visitors := loggedIn(app, 4)
			server.Do("FLUSHALL")
			for _, v := range visitors {
				v.Me()
			}
			awaitEmptied(t, app)
		}, "sessions-lost", "was emptied", "FLUSHALL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			app := trial.Start(t, "chi", "--secret-key", doctorKey, "--redis-url", server.URL(), "--workers", "2", "--debug-endpoints")
			c.spoil(t, server, app)
			diagnosis{url: app.URL, id: c.id, says: c.says, fix: c.fix}.expect(t)
		})
	}
}

// loggedIn are visitors who have a session each.
func loggedIn(app *trial.App, n int) (visitors []*trial.Browser) {
	for i := range n {
		v := app.NewBrowser()
		v.Login(fmt.Sprint("visitor", i))
		visitors = append(visitors, v)
	}
	return visitors
}

func TestDoctorNamesEmptiedFolders(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	dir := t.TempDir() + "/sessions"
	app := trial.Start(t, "echo", "--secret-key", doctorKey, "--session-dir", dir, "--workers", "2", "--debug-endpoints")
	visitors := loggedIn(app, 4)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		os.RemoveAll(filepath.Join(dir, e.Name()))
	}
	awaitEmptied(t, app)
	for _, v := range visitors {
		until(t, 20*time.Second, "each worker has found its folder again", func() bool {
			a, err := v.Try("GET", "/me")
			return err == nil && a.Status == http.StatusOK
		})
	}
	diagnosis{url: app.URL, id: "sessions-lost", says: "was emptied", fix: "set --session-dir"}.expect(t)
}

func TestDoctorNamesChangedKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/sessions"
	before := trial.Start(t, "chi", "--secret-key", otherKey, "--session-dir", dir, "--workers", "2", "--debug-endpoints")
	visitors := loggedIn(before, 6)
	before.Stop()
	after := trial.Start(t, "chi", "--secret-key", doctorKey, "--session-dir", dir, "--workers", "2", "--debug-endpoints")
	for _, v := range visitors {
		v.Clone(after.URL).Me()
	}
	diagnosis{url: after.URL, id: "cookie-foreign-key", says: "the secret key was changed", fix: "put the old key into --secret-key-fallbacks"}.expect(t)
}

func TestDoctorNamesDroppedCookies(t *testing.T) {
	t.Parallel()
	production := []string{"--mode", "production", "--secret-key", doctorKey, "--debug-token", debugToken}
	development := []string{"--secret-key", doctorKey}
	forwarded := func(w http.ResponseWriter, r *http.Request, app http.Handler) {
		r.Header.Set("X-Forwarded-Proto", "https")
		r.Header.Set("X-Forwarded-For", "203.0.113.7")
		app.ServeHTTP(w, r)
	}
	silent := func(w http.ResponseWriter, r *http.Request, app http.Handler) { app.ServeHTTP(w, r) }
	for _, c := range []struct {
		name          string
		args          []string
		proxy         func(w http.ResponseWriter, r *http.Request, app http.Handler)
		visits        int
		id, says, fix string
	}{
		{"secure over http", append(slices.Clone(development), "--session-cookie-secure", "true"), nil, 0, "cookie-secure-http", "plain http", "open the site over https"},
		{"production over http", production, nil, 0, "cookie-secure-http", "plain http", "open the site over https"},
		{"proto not trusted", production, forwarded, 4, "proxy-not-trusted", "does not trust it", "set --session-trust-proxy (SESSION_TRUST_PROXY) to true"},
		{"proto not sent", append(slices.Clone(production), "--session-trust-proxy"), silent, 8, "proxy-proto-missing", "does not send X-Forwarded-Proto", "proxy_set_header X-Forwarded-Proto"},
		{"SameSite=None over http", append(slices.Clone(development), "--session-cookie-samesite", "none"), nil, 0, "cookie-samesite-none", "SameSite=None", "--session-cookie-samesite"},
		{"domain", append(slices.Clone(development), "--session-cookie-domain", "shop.example"), nil, 0, "cookie-domain", "shop.example", "set --session-cookie-domain"},
		{"path", append(slices.Clone(development), "--session-cookie-path", "/shop"), nil, 0, "cookie-path", "/shop", "set --session-cookie-path"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			app := trial.Start(t, "fiber", append(slices.Clone(c.args), "--workers", "2", "--debug-endpoints", "--session-dir", t.TempDir()+"/sessions")...)
			url := app.URL
			if c.proxy != nil {
				url = spoiled(t, c.proxy, app)
			}
			for range c.visits {
				trial.NewBrowser(t, url).Try("POST", "/login", "user", "ada")
			}
			d := diagnosis{url: url, id: c.id, says: c.says, fix: c.fix}
			d.env = []string{"DEBUG_TOKEN=" + debugToken}
			if c.args[0] != "--mode" {
				d.env = nil
			}
			d.expect(t)
		})
	}
}
