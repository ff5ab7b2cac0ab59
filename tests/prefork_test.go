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
	fiberv3 "github.com/gofiber/fiber/v3"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiber"
	fiberv3session "github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// The test binary becomes a Fiber app with prefork where these are set: the
// address that it listens on, its arguments, one a line, and which Fiber it is on.
const (
	preforkAddress   = "SESSIONKIT_TEST_PREFORK_ADDRESS"
	preforkArguments = "SESSIONKIT_TEST_PREFORK_ARGUMENTS"
	preforkRouter    = "SESSIONKIT_TEST_PREFORK_ROUTER"
)

// preforked are small apps, as their authors would write them.
var preforked = map[string]func(sessions *session.Manager, address string) error{
	"fiber": func(sessions *session.Manager, address string) error {
		app := fiber.New(fiber.Config{Prefork: true, DisableStartupMessage: true})
		app.Use(fibersession.Middleware(sessions))
		fibersession.MountDebug(app, debug.New(sessions))
		return app.Listen(address)
	},
	"fiberv3": func(sessions *session.Manager, address string) error {
		app := fiberv3.New()
		app.Use(fiberv3session.Middleware(sessions))
		fiberv3session.MountDebug(app, debug.New(sessions))
		return app.Listen(address, fiberv3.ListenConfig{EnablePrefork: true, DisableStartupMessage: true})
	},
}

// Fiber's prefork runs one process for each CPU, and one more that starts
// them and serves nothing: that one is no worker. It is known without
// Install, too.
func TestFiberPrefork(t *testing.T) {
	if address := os.Getenv(preforkAddress); address != "" {
		t.Fatal(servePreforked(address, strings.Split(os.Getenv(preforkArguments), "\n")))
	}
	t.Parallel()
	for _, c := range []struct {
		router, store string
		args          []string
	}{
		{"fiber", "file", []string{"--session-store", "file", "--session-dir", t.TempDir() + "/sessions"}},
		{"fiber", "redis", []string{"--redis-url", redistest.Start(t).URL()}},
		{"fiberv3", "file", []string{"--session-store", "file", "--session-dir", t.TempDir() + "/sessions"}},
		{"fiberv3", "redis", []string{"--redis-url", redistest.Start(t).URL()}},
	} {
		t.Run(c.router+"/"+c.store, func(t *testing.T) {
			t.Parallel()
			url, master := startPreforked(t, c.router, append(c.args, "--mode", "development", "--debug-endpoints", "--secret-key", secret, "--workers", "3"))
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
func startPreforked(t *testing.T, router string, args []string) (url string, master int) {
	t.Helper()
	address := "127.0.0.1:" + redistest.FreePort(t)
	var output bytes.Buffer
	cmd := exec.Command(os.Args[0], "-test.run=^TestFiberPrefork$")
	cmd.Env = append(os.Environ(), "GOMAXPROCS=3", preforkRouter+"="+router, preforkAddress+"="+address, preforkArguments+"="+strings.Join(args, "\n"))
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

// servePreforked is the app.
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
	return preforked[os.Getenv(preforkRouter)](sessions, address)
}
