//go:build unix

package tests

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiber"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// The test binary becomes a Fiber app with prefork where these are set: the
// address that it listens on, and its arguments, one a line.
const (
	preforkAddress   = "SESSIONKIT_TEST_PREFORK_ADDRESS"
	preforkArguments = "SESSIONKIT_TEST_PREFORK_ARGUMENTS"
)

// Fiber's prefork runs one process for each CPU, and one more that starts
// them and serves nothing: that one is no worker. It is known without
// Install, too.
func TestFiberPrefork(t *testing.T) {
	if address := os.Getenv(preforkAddress); address != "" {
		t.Fatal(servePreforked(address, strings.Split(os.Getenv(preforkArguments), "\n")))
	}
	t.Parallel()
	for name, args := range map[string][]string{
		"file":  {"--session-store", "file", "--session-dir", t.TempDir() + "/sessions"},
		"redis": {"--redis-url", redistest.Start(t).URL()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, master := startPreforked(t, append(args, "--mode", "development", "--debug-endpoints", "--secret-key", secret, "--workers", "3"))
			b := trial.NewBrowser(t, url)
			var last debug.WorkersReport
			until(t, time.Minute, "three workers are listed", func() bool {
				a, err := b.Try("GET", "/debug/workers")
				return err == nil && a.Status == http.StatusOK && json.Unmarshal([]byte(a.Body), &last) == nil && len(last.Workers) >= 3
			})
			if last.Summary.Count != 3 || last.Summary.Differing != 0 {
				t.Errorf("summary %+v", last.Summary)
			}
			for _, w := range last.Workers {
				if w.PID == master || !w.Prefork {
					t.Errorf("listed beside process %d, which serves nothing: %+v", master, w)
				}
			}
		})
	}
}

// startPreforked starts the app with three processes on one port.
func startPreforked(t *testing.T, args []string) (url string, master int) {
	t.Helper()
	address := "127.0.0.1:" + redistest.FreePort(t)
	var output bytes.Buffer
	cmd := exec.Command(os.Args[0], "-test.run=^TestFiberPrefork$")
	cmd.Env = append(os.Environ(), "GOMAXPROCS=3", preforkAddress+"="+address, preforkArguments+"="+strings.Join(args, "\n"))
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // and all that it started
		cmd.Wait()
		if t.Failed() {
			t.Logf("the app printed\n%s", &output)
		}
	})
	return "http://" + address, cmd.Process.Pid
}

// servePreforked is the app, as its author would write it.
func servePreforked(address string, args []string) error {
	cfg, err := config.Parse(flag.NewFlagSet("app", flag.ContinueOnError), args)
	if err != nil {
		return err
	}
	store, err := stores.Open(context.Background(), cfg)
	if err != nil {
		return err
	}
	sessions, err := session.NewManager(context.Background(), cfg, store)
	if err != nil {
		return err
	}
	defer sessions.Close()
	app := fiber.New(fiber.Config{Prefork: true, DisableStartupMessage: true})
	app.Use(fibersession.Middleware(sessions))
	fibersession.MountDebug(app, debug.New(sessions))
	return app.Listen(address)
}
