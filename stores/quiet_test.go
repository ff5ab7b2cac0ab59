package stores_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/stores"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

const quietURL = "TEST_QUIET_URL"

// TestOpenSaysNothing is what TestQuietOpen runs in a process of its own, where
// go-redis logs as it does in an app.
func TestOpenSaysNothing(t *testing.T) {
	url := os.Getenv(quietURL)
	if url == "" {
		t.Skip("run by TestQuietOpen")
	}
	_, err := stores.Open(t.Context(), config.Config{Store: config.StoreRedis, RedisURL: config.NewSecret(url)})
	if err == nil {
		t.Fatal("opened")
	}
}

// A Redis that cannot be opened is told by the error, and not by lines of the
// client before it.
func TestQuietOpen(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	addr := "127.0.0.1:" + redistest.FreePort(t)
	for _, url := range []string{"redis://" + addr, "rediss://" + addr, "unix:///nonexistent/redis.sock", "redis+cluster://" + addr, "redis+sentinel://" + addr + "/main"} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(program, "-test.run=^TestOpenSaysNothing$", "-test.v")
			cmd.Env = append(os.Environ(), quietURL+"="+url)
			var said strings.Builder
			cmd.Stderr = &said
			out, err := cmd.Output()
			if err != nil || !strings.Contains(string(out), "--- PASS: TestOpenSaysNothing") {
				t.Fatalf("%v\n%s", err, out)
			}
			if said.Len() > 0 {
				t.Errorf("on standard error:\n%s", said.String())
			}
		})
	}
}
