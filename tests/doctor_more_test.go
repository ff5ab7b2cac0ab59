//go:build unix

package tests

import (
	"net/http"
	"os"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// Faults of the same kinds as elsewhere, in other clothes.
func TestDoctorNamesTheKindAndNotTheCase(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	key := []string{"--secret-key", doctorKey}
	for name, c := range map[string]struct {
		start         func(t *testing.T) string
		id, says, fix string
	}{
		"Redis hangs": {func(t *testing.T) string {
			server := redistest.Start(t)
			app := trial.Start(t, "echo", append(key, "--redis-url", server.URL(), "--workers", "2", "--debug-endpoints")...)
			server.Pause()
			t.Cleanup(server.Resume)
			return app.URL
		}, "store-unreachable", "does not answer", "--latency"},
		"a folder that was opened": {func(t *testing.T) string {
			dir := t.TempDir() + "/sessions"
			app := trial.Start(t, "chi", append(key, "--session-dir", dir, "--workers", "2", "--debug-endpoints")...)
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			return app.URL
		}, "file-open", "open to other users", "chmod 700"},
		"files in place of Redis": {func(t *testing.T) string {
			server := redistest.Start(t)
			server.Kill()
			return trial.Start(t, "fiber", append(key, "--redis-url", server.URL(), "--session-fallback", "file", "--session-dir", t.TempDir()+"/sessions", "--workers", "2", "--debug-endpoints")...).URL
		}, "store-fallback", "sessions are in files", "start this worker again when Redis is back"},
		"files in place of Redis on one": {func(t *testing.T) string {
			server := redistest.Start(t, "--appendonly", "yes")
			common := append(key, "--redis-url", server.URL(), "--session-fallback", "file", "--workers", "1", "--debug-endpoints")
			first := trial.Start(t, "chi", common...)
			server.Kill()
			second := trial.Start(t, "echo", append(common, "--session-dir", t.TempDir()+"/sessions")...)
			server.Restart()
			return front(t, first, second)
		}, "store-fallback", "sessions are in files", "start this worker again when Redis is back"},
		"memory on one": {func(t *testing.T) string {
			return pair(t, key, []string{"--session-dir", t.TempDir() + "/sessions"}, []string{"--session-store", "memory"})
		}, "store-private", "the other workers share a store", "same --session-store (SESSION_STORE)"},
		"SameSite": {func(t *testing.T) string {
			return pair(t, append(key, "--session-dir", t.TempDir()+"/sessions"), nil, []string{"--session-cookie-samesite", "strict"})
		}, "workers-config", "--session-cookie-samesite is", "same --session-cookie-samesite"},
		"Domain": {func(t *testing.T) string {
			return trial.Start(t, "chi", append(key, "--session-dir", t.TempDir()+"/sessions", "--session-cookie-domain", "example.com", "--workers", "2", "--debug-endpoints")...).URLAt("localhost")
		}, "cookie-domain", "example.com", "--session-cookie-domain"},
		"a new folder": {func(t *testing.T) string {
			before := trial.Start(t, "echo", append(key, "--session-dir", t.TempDir()+"/sessions", "--workers", "2", "--debug-endpoints")...)
			visitors := loggedIn(before, 4)
			before.Stop()
			after := trial.Start(t, "echo", append(key, "--session-dir", t.TempDir()+"/sessions", "--workers", "2", "--debug-endpoints")...)
			for _, v := range visitors {
				v.Clone(after.URL).Me()
			}
			return after.URL
		}, "cookie-foreign-store", "on another store", "--session-dir (SESSION_DIR)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diagnosis{url: c.start(t), id: c.id, says: c.says, fix: c.fix}.expect(t)
		})
	}
}

// Where the debug endpoints want a token, and it is made from the secret key, a
// worker that refuses it has another key.
func TestDoctorNamesKeysByTheToken(t *testing.T) {
	t.Parallel()
	common := []string{"--workers", "1", "--debug-endpoints", "--session-dir", t.TempDir() + "/sessions"}
	first := trial.Start(t, "chi", append(common, "--secret-key", doctorKey)...)
	second := trial.Start(t, "chi", append(common, "--secret-key", otherKey)...)
	url := spoiled(t, func(w http.ResponseWriter, r *http.Request, app http.Handler) {
		r.Header.Set("X-Forwarded-Proto", "http")
		app.ServeHTTP(w, r)
	}, first, second)
	diagnosis{url: url, env: []string{"SECRET_KEY=" + doctorKey}, id: "secret-key-differs", says: "secret key", fix: "same --secret-key (SECRET_KEY)"}.expect(t)
}
