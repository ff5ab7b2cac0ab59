package debug_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/debug"
)

// dialAs connects as another user, as a proxy on this machine does.
func dialAs(t *testing.T, uid int) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (conn net.Conn, err error) {
		done := make(chan bool)
		go func() {
			defer close(done)
			runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
			if err = syscall.Setfsuid(uid); err == nil {
				conn, err = (&net.Dialer{FallbackDelay: -1}).DialContext(ctx, network, address)
			}
		}()
		<-done
		return conn, err
	}
}

// Over a real connection the system says whose program asks, by IPv4, by IPv6,
// and by IPv4 on a socket of IPv6.
func TestOtherUser(t *testing.T) {
	t.Parallel()
	const nobody = 12345
	for _, listen := range []string{"127.0.0.1:0", "[::1]:0", ":0"} {
		for _, network := range []string{"tcp4", "tcp6"} {
			listener, err := net.Listen("tcp", listen)
			if err != nil {
				t.Log(err) // no IPv6 here
				continue
			}
			address := listener.Addr().String()
			_, port, _ := net.SplitHostPort(address)
			if listen == ":0" {
				address = map[string]string{"tcp4": "127.0.0.1:", "tcp6": "[::ffff:127.0.0.1]:"}[network] + port
			} else if strings.HasPrefix(listen, "127.") != (network == "tcp4") {
				listener.Close()
				continue
			}
			t.Run(network+" to "+listen, func(t *testing.T) {
				a := newApp(t, config.Config{}, memstore.New(0))
				server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: a}}
				server.Start()
				t.Cleanup(server.Close)
				ask := func(dial func(ctx context.Context, network, address string) (net.Conn, error)) (int, string) {
					transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, "tcp", address) }}
					defer transport.CloseIdleConnections()
					res, err := (&http.Client{Transport: transport}).Get("http://localhost:" + port + "/debug/config")
					if err != nil {
						t.Fatal(err)
					}
					defer res.Body.Close()
					body, err := io.ReadAll(res.Body)
					if err != nil {
						t.Fatal(err)
					}
					return res.StatusCode, string(body)
				}
				if code, body := ask((&net.Dialer{}).DialContext); code != http.StatusOK {
					t.Errorf("our own program: status %d: %s", code, body)
				}
				if os.Geteuid() != 0 {
					t.Skip("only root can connect as another user")
				}
				if code, body := ask(dialAs(t, nobody)); code != http.StatusForbidden || !strings.Contains(body, "uid 12345") {
					t.Errorf("another user's program: status %d: %s", code, body)
				}
				if code, body := ask((&net.Dialer{}).DialContext); code != http.StatusOK {
					t.Errorf("our own program afterwards: status %d: %s", code, body)
				}
			})
		}
	}
}

// A connection that the system does not know is nobody's that is let in.
func TestUnknownConnection(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	served := func(r *http.Request) {
		local := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}
		*r = *r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, local))
	}
	get[debug.ConfigReport](a, http.StatusOK, "/debug/config")
	if w := a.do("GET", "/debug/config", served, from("127.9.9.9:1")); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "does not say whose") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}
