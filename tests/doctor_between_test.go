//go:build unix

package tests

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

type handle = func(w http.ResponseWriter, r *http.Request, app http.Handler)

// everyOther spoils each second request.
func everyOther(spoil func(w http.ResponseWriter)) handle {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request, app http.Handler) {
		if n.Add(1)%2 == 0 {
			spoil(w)
			return
		}
		app.ServeHTTP(w, r)
	}
}

// caching is a cache that heeds no header, of one method.
func caching(method string) handle {
	kept := make(chan map[string]*httptest.ResponseRecorder, 1)
	kept <- map[string]*httptest.ResponseRecorder{}
	return func(w http.ResponseWriter, r *http.Request, app http.Handler) {
		if r.Method != method {
			app.ServeHTTP(w, r)
			return
		}
		answers := <-kept
		if answers[r.URL.String()] == nil {
			answers[r.URL.String()] = record(app, r)
		}
		resend(w, answers[r.URL.String()])
		kept <- answers
	}
}

// changing has the Set-Cookie lines of answers changed.
func changing(change func(line string) string) handle {
	return func(w http.ResponseWriter, r *http.Request, app http.Handler) {
		answer := record(app, r)
		for i, line := range answer.Header()["Set-Cookie"] {
			answer.Header()["Set-Cookie"][i] = change(line)
		}
		resend(w, answer)
	}
}

// What stands between browsers and workers that are well.
func TestDoctorNamesWhatIsInFront(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	app := trial.Start(t, "chi", "--secret-key", doctorKey, "--session-dir", t.TempDir()+"/sessions", "--workers", "2", "--debug-endpoints")
	for name, c := range map[string]struct {
		spoil         handle
		id, says, fix string
	}{
		"Set-Cookie removed": {func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			answer := record(app, r)
			answer.Header().Del("Set-Cookie")
			resend(w, answer)
		}, "cookie-lost", "removes Set-Cookie", "pass Set-Cookie on"},
		"Cookie removed": {func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			r.Header.Del("Cookie")
			app.ServeHTTP(w, r)
		}, "cookie-lost", "did not arrive at pid", "pass the header Cookie on"},
		"Cookie cut": {func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			if text := r.Header.Get("Cookie"); len(text) > 40 {
				r.Header.Set("Cookie", text[:40])
			}
			app.ServeHTTP(w, r)
		}, "cookie-changed", "changes or cuts it", "as they are"},
		"Cookie edited": {func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			if text := r.Header.Get("Cookie"); len(text) > 60 {
				r.Header.Set("Cookie", text[:len(text)-22]+strings.Repeat("A", 22))
			}
			app.ServeHTTP(w, r)
		}, "cookie-changed", "bad-signature", "as they are"},
		"Domain added":     {changing(func(line string) string { return line + "; Domain=shop.example" }), "cookie-domain", "is for shop.example", "proxy_cookie_domain"},
		"Path changed":     {changing(func(line string) string { return line + "; Path=/app" }), "cookie-path", "is for /app", "proxy_cookie_path"},
		"Secure added":     {changing(func(line string) string { return line + "; Secure" }), "cookie-secure-http", "plain http", "proxy_cookie_flags"},
		"a cache of pages": {caching(http.MethodGet), "answers-cached", "keeps its answers", "no-store"},
		"a cache of POST":  {caching(http.MethodPost), "answers-cached", "keeps its answers", "no-store"},
		"no query": {func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			r.URL.RawQuery = ""
			app.ServeHTTP(w, r)
		}, "query-lost", "takes the query out", "pass addresses on whole"},
		"a worker crashes": {everyOther(func(http.ResponseWriter) { panic(http.ErrAbortHandler) }), "no-answer", "a worker crashes", "for a panic"},
		"502 now and then": {everyOther(func(w http.ResponseWriter) { http.Error(w, "<h1>Bad Gateway</h1>", http.StatusBadGateway) }), "bad-gateway", "answered with 502 by a proxy", "for a panic"},
		"a logout is eaten": {func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			if r.URL.Query().Get("action") == "end" {
				w.Write([]byte("{}"))
				return
			}
			app.ServeHTTP(w, r)
		}, "not-a-report", "action=end", "no cache"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diagnosis{url: spoiled(t, c.spoil, app), id: c.id, says: c.says, fix: c.fix}.expect(t)
		})
	}
	var limited atomic.Int64
	for name, c := range map[string]struct {
		spoil    handle
		id, says string
	}{
		"POST refused": {func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			if r.Method == http.MethodPost {
				http.Error(w, "CSRF token missing", http.StatusForbidden)
				return
			}
			app.ServeHTTP(w, r)
		}, "post-refused", "takes no POST"},
		"a token missing": {func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			if r.Method == http.MethodPost {
				http.Error(w, `{"message":"Bad Request"}`, http.StatusBadRequest)
				return
			}
			app.ServeHTTP(w, r)
		}, "post-refused", "takes no POST"},
		"POST elsewhere": {func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			if r.Method == http.MethodPost {
				http.Redirect(w, r, "https://shop.example"+r.URL.Path, http.StatusMovedPermanently)
				return
			}
			app.ServeHTTP(w, r)
		}, "redirected", "https://shop.example/debug/probe"},
		"a limit": {func(w http.ResponseWriter, r *http.Request, app http.Handler) {
			if limited.Add(1) > 20 {
				http.Error(w, "Too Many Requests", http.StatusTooManyRequests)
				return
			}
			app.ServeHTTP(w, r)
		}, "rate-limited", "a limit of requests"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, stderr, exit := trial.Command(t, "doctor", spoiled(t, c.spoil, app))
			first, _, _ := strings.Cut(out, "\n")
			if exit != 2 || !strings.HasPrefix(first, "not tried: ") || !strings.HasSuffix(first, "["+c.id+"]") || !strings.Contains(first, c.says) {
				t.Errorf("exit status %d, want 2, and %s with %q:\n%s%s", exit, c.id, c.says, out, stderr)
			}
		})
	}
}

// A worker that hangs beside one that answers, whichever is asked first.
func TestDoctorNamesWorkersThatHang(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	args := []string{"--secret-key", doctorKey, "--session-dir", t.TempDir() + "/sessions", "--workers", "1", "--debug-endpoints"}
	well, hanging := trial.Start(t, "chi", args...), trial.Start(t, "echo", args...)
	pid := hanging.NewBrowser().Me().PID
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(pid, syscall.SIGCONT)
		hanging.NewBrowser().Me() // what has waited for it goes first, so that it can stop
	})
	for name, url := range map[string]string{"first": front(t, well, hanging), "second": front(t, hanging, well)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diagnosis{url: url, args: []string{"--timeout", "3s"}, id: "no-answer", says: "hangs", fix: "for a panic"}.expect(t)
		})
	}
}

// Settings that no store and no proxy is to blame for.
func TestDoctorNamesSettings(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T, more ...string) string {
		return trial.Start(t, "fiber", slices.Concat([]string{"--secret-key", doctorKey, "--session-dir", t.TempDir() + "/sessions", "--workers", "2", "--debug-endpoints"}, more)...).URL
	}
	for name, c := range map[string]struct {
		start         func(t *testing.T) string
		id, says, fix string
	}{
		"seconds for minutes":     {func(t *testing.T) string { return start(t, "--session-lifetime", "30s") }, "lifetime-short", "ends 30s after its login", "30m are minutes"},
		"moments without use":     {func(t *testing.T) string { return start(t, "--session-idle-timeout", "20s") }, "lifetime-short", "ends 20s after its last use", "20m are minutes"},
		"__Host- over plain http": {func(t *testing.T) string { return start(t, "--session-cookie-name", "__Host-shop") }, "cookie-secure-http", "plain http", "a name without __Host-"},
		"a key that does not reach one": {func(t *testing.T) string {
			return pair(t, []string{"--session-dir", t.TempDir() + "/sessions"}, []string{"--secret-key", doctorKey}, nil)
		}, "secret-key-missing", "has no secret key and has made one up", "under the prefix that its app reads"},
		"a user without scripts": {func(t *testing.T) string {
			server := redistest.Start(t)
			url := trial.Start(t, "echo", "--secret-key", doctorKey, "--redis-url", server.URL(), "--workers", "2", "--debug-endpoints").URL
			server.Do("ACL", "SETUSER", "default", "-@scripting")
			return url
		}, "store-refuses", "no permissions to run", "lacks a right"},
		"a third of a Cluster is down": {func(t *testing.T) string {
			cluster := redistest.StartCluster(t)
			url := trial.Start(t, "chi", "--secret-key", doctorKey, "--redis-url", cluster.URL(), "--workers", "2", "--debug-endpoints").URL
			for _, node := range cluster.Nodes { // a busy machine needs some time to ask
				node.Do("CONFIG", "SET", "cluster-node-timeout", "600000")
			}
			cluster.Nodes[2].Kill()
			return url
		}, "redis-silent", "not every server of the Redis Cluster", "start it again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diagnosis{url: c.start(t), id: c.id, says: c.says, fix: c.fix}.expect(t)
		})
	}
}
