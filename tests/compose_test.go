//go:build linux

package tests

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// The set-up of examples/compose with processes in place of containers: its
// settings, its nginx.conf with their addresses, a Redis and three replicas. A login
// holds on all of them, and when one is stopped.
func TestCompose(t *testing.T) {
	t.Parallel()
	settings := composeSettings(t, redistest.Start(t).URL())
	var replicas []*trial.App
	servers := ""
	for range 3 {
		replica := trial.Start(t, "chi", append(settings, "--workers", "1")...)
		replicas = append(replicas, replica)
		servers += "server " + strings.TrimPrefix(replica.URL, "http://") + " max_fails=0;\n"
	}
	conf := composeFile(t, "nginx.conf")
	port := runNginx(t, func(string) (string, []string) {
		port := redistest.FreePort(t)
		return rewrite(t, rewrite(t, conf, "server app:8080 max_fails=0;", servers), "listen 80;", "listen 127.0.0.1:"+port+";"), []string{port}
	})[0]

	ada := trial.NewBrowser(t, "http://127.0.0.1:"+port)
	ada.Login("ada")
	onAll := func(want int) {
		t.Helper()
		seen := map[int]bool{}
		until(t, time.Minute, "all replicas have answered", func() bool {
			me := ada.Me()
			if seen[me.PID] = true; me.Name() != "ada" {
				t.Fatalf("replica %d sees %q", me.PID, me.Name())
			}
			return len(seen) == want
		})
	}
	onAll(3)
	for i := range 30 {
		if n, err := ada.Count(); err != nil || n != i+1 {
			t.Fatalf("count %d: %d, %v", i+1, n, err)
		}
	}
	ada.Do(http.StatusNotFound, "GET", "/debug/")
	replicas[0].Stop()
	onAll(2)
	stale := ada.Clone(ada.Base)
	ada.Do(http.StatusSeeOther, "POST", "/logout")
	for range 4 {
		if me := stale.Me(); me.Name() != "" {
			t.Errorf("logged out, and replica %d sees %q", me.PID, me.Name())
		}
	}
}

// composeSettings are the variables of the service app.
func composeSettings(t *testing.T, redisURL string) (env []string) {
	t.Helper()
	block := regexp.MustCompile(`    environment:\n((?:      .*\n)+)`).FindStringSubmatch(composeFile(t, "compose.yaml"))
	if block == nil {
		t.Fatal("compose.yaml sets no variables")
	}
	for line := range strings.Lines(block[1]) {
		pair := regexp.MustCompile(`^ +(\w+): "?([^"#\n]+?)"?(?: +#.*)?\n$`).FindStringSubmatch(line)
		if pair == nil {
			t.Fatalf("compose.yaml: %q is no variable", line)
		}
		env = append(env, pair[1]+"="+pair[2])
	}
	all := strings.Join(env, "\n")
	all = rewrite(t, all, "${SECRET_KEY:?openssl rand -base64 32}", doctorKey)
	return strings.Split(rewrite(t, all, "redis://redis:6379", redisURL), "\n")
}

func composeFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../examples/compose/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// rewrite replaces what must be there.
func rewrite(t *testing.T, text, what, with string) string {
	t.Helper()
	if !strings.Contains(text, what) {
		t.Fatalf("no %q in\n%s", what, text)
	}
	return strings.ReplaceAll(text, what, with)
}
