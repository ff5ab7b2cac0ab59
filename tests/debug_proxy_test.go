//go:build linux

package tests

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// onLoopback is an app as a developer starts it, with the flag alone.
func onLoopback(t *testing.T, router string) (app *trial.App, token string) {
	t.Helper()
	app = trial.Start(t, router, "--workers", "1", "--session-store", "memory", "--debug-endpoints")
	found := loggedAddress.FindStringSubmatch(app.Log())
	if found == nil {
		t.Fatalf("the log has no address with a token in it:\n%s", app.Log())
	}
	return app, found[1]
}

// wantRefused wants that a stranger at base gets in with the token alone, and
// is told why.
func wantRefused(t *testing.T, base, token, why string) {
	t.Helper()
	for _, host := range []string{"localhost", "127.0.0.1", ""} {
		b := trial.NewBrowser(t, base)
		if host != "" {
			b.With("Host", host)
		}
		for _, path := range []string{"/debug/", "/debug/config", "/debug/session"} {
			if a := b.Do(http.StatusForbidden, "GET", path); !strings.Contains(a.Body, why) {
				t.Errorf("GET %s as %q: %s, and nothing of %q", path, host, a.Body, why)
			}
		}
		b.Do(http.StatusForbidden, "POST", "/debug/probe")
	}
	b := trial.NewBrowser(t, base)
	b.Do(http.StatusSeeOther, "GET", "/debug/?token="+token)
	b.Do(http.StatusOK, "GET", "/debug/config")
	trial.NewBrowser(t, base).With("Authorization", "Bearer "+token).Do(http.StatusOK, "GET", "/debug/config")
}

// curl asks as a developer does, and returns the status.
func curl(t *testing.T, url string) string {
	t.Helper()
	needTools(t, "curl")
	status, err := exec.CommandContext(t.Context(), "curl", "-q", "--noproxy", "*", "-s", "-o", os.DevNull, "-w", "%{http_code}", url).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(status)
}

// A bare nginx adds no header and asks for 127.0.0.1: it is its user that tells
// it from curl.
func TestDebugBehindNginx(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		for name, c := range map[string]struct{ directive, why string }{
			"HTTP/1.1": {"proxy_http_version 1.1;", "another user"},
			"HTTP/1.0": {"proxy_http_version 1.0;", "HTTP/1.0"},
			"kept":     {`proxy_http_version 1.1; proxy_set_header Connection "";`, "another user"},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				app, token := onLoopback(t, router)
				proxy := startNginx(t, app.URL, c.directive)
				if status := curl(t, app.URL+"/debug/config"); status != "200" {
					t.Errorf("this machine: status %s", status)
				}
				wantRefused(t, proxy, token, c.why)
				if status := curl(t, app.URL+"/debug/config"); status != "200" {
					t.Errorf("this machine, afterwards: status %s", status)
				}
			})
		}
	})
}

// startNginx runs nginx, its workers as nobody, in front of the app.
func startNginx(t *testing.T, app, directive string) (base string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can run nginx as another user")
	}
	port := runNginx(t, func(string) (servers string, ports []string) {
		port := redistest.FreePort(t)
		return fmt.Sprintf("server { listen 127.0.0.1:%s; location / { proxy_pass %s; %s } }", port, app, directive), []string{port}
	})[0]
	return "http://127.0.0.1:" + port
}

// A TCP forwarder hands on what the client writes, Host: localhost too.
func TestDebugBehindForwarder(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		t.Run("of another user", func(t *testing.T) {
			t.Parallel()
			if os.Geteuid() != 0 {
				t.Skip("only root can connect as another user")
			}
			app, token := onLoopback(t, router)
			base := forward(t, app.URL, func() error { return syscall.Setfsuid(12345) })
			b := trial.NewBrowser(t, base).With("Host", "localhost")
			if a := b.Do(http.StatusForbidden, "GET", "/debug/config"); !strings.Contains(a.Body, "uid 12345") {
				t.Errorf("%s", a.Body)
			}
			wantRefused(t, base, token, "another user")
			if status := curl(t, app.URL+"/debug/config"); status != "200" {
				t.Errorf("this machine: status %s", status)
			}
		})
		t.Run("of the app's user, which a visitor has shown", func(t *testing.T) {
			t.Parallel()
			app, token := onLoopback(t, router)
			base := forward(t, app.URL, func() error { return nil })
			trial.NewBrowser(t, base).With("Host", "app.example").Do(http.StatusOK, "GET", "/")
			wantRefused(t, base, token, "reached from elsewhere")
		})
	})
}

// forward passes connections on to the app. enter is called on the thread that
// connects, before it does.
func forward(t *testing.T, app string, enter func() error) (base string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		if err := enter(); err != nil {
			t.Error(err)
		}
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			dialer := net.Dialer{FallbackDelay: -1} // on this thread
			server, err := dialer.DialContext(context.Background(), "tcp", strings.TrimPrefix(app, "http://"))
			if err != nil {
				client.Close()
				continue
			}
			go func() { io.Copy(server, client); server.Close() }()
			go func() { io.Copy(client, server); client.Close() }()
		}
	}()
	return "http://" + listener.Addr().String()
}
