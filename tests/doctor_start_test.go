//go:build unix

package tests

import (
	"flag"
	"slices"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

func newFlags() *flag.FlagSet { return flag.NewFlagSet("app", flag.ContinueOnError) }

// closedPort is an address where nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	return "http://127.0.0.1:" + redistest.FreePort(t)
}

// An app that cannot start answers nothing, and its environment says why.
func TestDoctorNamesWhyAnAppCannotStart(t *testing.T) {
	t.Parallel()
	dead := redistest.Start(t)
	dead.Kill()
	locked := redistest.Start(t, "--requirepass", "right")
	replica := redistest.Start(t)
	replica.Do("REPLICAOF", "127.0.0.1", redistest.Start(t).Port())
	for name, d := range map[string]diagnosis{
		"Redis down":     {env: []string{"SECRET_KEY=" + doctorKey, "REDIS_URL=" + dead.URL()}, id: "store-unreachable", says: "connection refused", fix: "start Redis"},
		"wrong password": {env: []string{"SECRET_KEY=" + doctorKey, "REDIS_URL=redis://:wrong@" + locked.Addr}, id: "store-refuses", says: "WRONGPASS", fix: "password"},
		"no password":    {env: []string{"SECRET_KEY=" + doctorKey, "REDIS_URL=redis://" + locked.Addr}, id: "store-refuses", says: "NOAUTH", fix: "password"},
		"replica":        {env: []string{"SECRET_KEY=" + doctorKey, "REDIS_URL=" + replica.URL()}, id: "redis-replica", says: "read-only", fix: "the primary's address"},
		"idle timeout":   {env: []string{"SECRET_KEY=" + doctorKey, "SESSION_LIFETIME=1h", "SESSION_IDLE_TIMEOUT=2h"}, id: "setting", says: "idle", fix: "SESSION_IDLE_TIMEOUT"},
		"by flags":       {args: []string{"--secret-key", doctorKey, "--session-lifetime", "1h", "--session-idle-timeout=2h"}, id: "setting", says: "idle", fix: "--session-idle-timeout"},
		"production":     {env: []string{"MODE=production", "SESSION_DIR=" + t.TempDir() + "/sessions"}, id: "setting", says: "is required in production", fix: "openssl rand -base64 32"},
		"folder":         {env: []string{"SECRET_KEY=" + doctorKey, "SESSION_DIR=/proc/nothing"}, id: "store-unreachable", says: "/proc/nothing", fix: ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d.url = closedPort(t)
			d.expect(t)
		})
	}
}

// Fiber's prefork with a memory in each process, and with a key in each.
func TestDoctorNamesPrefork(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args          []string
		id, says, fix string
	}{
		"memory": {[]string{"--session-store", "memory", "--secret-key", doctorKey}, "fiber-prefork-memory", "its own memory", "set --session-store (SESSION_STORE) to file"},
		"key":    {[]string{"--session-store", "file"}, "fiber-prefork-key", "one of its own", "set --secret-key (SECRET_KEY)"},
	} {
		for router := range preforked {
			t.Run(router+"/"+name, func(t *testing.T) {
				t.Parallel()
				url, _ := startPreforked(t, router, append(slices.Clone(c.args), "--session-dir", t.TempDir()+"/sessions", "--mode", "development", "--debug-endpoints"))
				answersSoon(t, url)
				diagnosis{url: url, id: c.id, says: c.says, fix: c.fix}.expect(t)
			})
		}
	}
}

// Cookies of an old path, and two sessions at once.
func TestDoctorNamesDuplicates(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	for name, id := range map[string]string{"one is live": "cookie-duplicates", "both are live": "cookie-ambiguous"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := trial.Start(t, "echo", "--secret-key", doctorKey, "--session-dir", t.TempDir()+"/sessions", "--workers", "2", "--debug-endpoints")
			first, second := app.NewBrowser(), app.NewBrowser()
			first.Login("ada")
			second.Login("ben")
			other := second.Cookie()
			if id == "cookie-duplicates" {
				second.Do(303, "POST", "/logout")
			}
			for range 6 {
				trial.NewBrowser(t, app.URL).With("Cookie", "session="+first.Cookie()+"; session="+other).Try("GET", "/me")
			}
			diagnosis{url: app.URL, id: id, says: "several cookies called session", fix: "--session-cookie-name"}.expect(t)
		})
	}
}
