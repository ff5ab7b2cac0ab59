//go:build unix

package tests

import (
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// Switched off the endpoints are paths like any other that do not exist.
func TestDebugOff(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		b := trial.Start(t, router, "--workers", "1", "--secret-key", secret, "--session-store", "memory").NewBrowser()
		for _, method := range []string{"GET", "POST", "DELETE"} {
			unknown := b.Do(http.StatusNotFound, method, "/nowhere/session").Body
			for _, path := range []string{"/debug", "/debug/", "/debug/session", "/debug/redis", "/debug/probe"} {
				body := b.Do(http.StatusNotFound, method, path).Body
				if strings.ReplaceAll(body, path, "PATH") != strings.ReplaceAll(unknown, "/nowhere/session", "PATH") {
					t.Errorf("%s %s answers %q, an unknown path %q", method, path, body, unknown)
				}
			}
		}
	})
}

// caller is somebody who asks for the reports, and sends a form to the probe.
type caller struct {
	name        string
	base        string // address of the app, this host's loopback one when empty
	headers     []string
	get, posted int // the status codes
}

func (c caller) ask(t *testing.T, app *trial.App) {
	t.Helper()
	base := c.base
	if base == "" {
		base = app.URL
	}
	b := trial.NewBrowser(t, base)
	for i := 0; i+1 < len(c.headers); i += 2 {
		b.With(c.headers[i], c.headers[i+1])
	}
	for _, path := range []string{"/debug/", "/debug/session", "/debug/metrics"} {
		if a, err := b.Try("GET", path); err != nil || a.Status != c.get {
			t.Errorf("%s: GET %s: %d %v", c.name, path, a.Status, err)
		}
	}
	if a, err := b.Try("POST", "/debug/probe"); err != nil || a.Status != c.posted || a.Status != http.StatusOK && a.Header.Get("Set-Cookie") != "" {
		t.Errorf("%s: POST /debug/probe: %d %v %q", c.name, a.Status, err, a.Header.Get("Set-Cookie"))
	}
}

const bearer = "Bearer " + debugToken

// Switched on they are for this machine, and for who has the token. What shows
// that the app is reached from elsewhere shuts this machine out too.
func TestDebugAccess(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		app := trial.StartPublic(t, router, "--workers", "1", "--secret-key", secret, "--session-store", "memory",
			"--debug-endpoints", "--debug-token", debugToken)
		here := caller{"this machine", "", nil, 200, 200}
		for _, c := range []caller{
			here,
			{"as localhost", app.URLAt("localhost"), nil, 200, 200},
			{"a page of the app", "", []string{"Sec-Fetch-Site", "same-origin", "Origin", app.URL}, 200, 200},
			{"another site's script", "", []string{"Sec-Fetch-Site", "cross-site"}, 403, 403},
			{"another site's script, old browser", "", []string{"Origin", "https://evil.example"}, 403, 403},
			{"another site's link or form", "", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200, 403},
			{"another site's link that says which", "", []string{"Referer", "https://evil.example/"}, 403, 403},
			{"wrong token", "", []string{"Authorization", bearer + "?"}, 403, 403},
			{"token", "", []string{"Authorization", bearer}, 200, 200},
			{"token, another site's page", "", []string{"Authorization", bearer, "Origin", "https://evil.example"}, 200, 403},
			here,
			{"token, through a proxy", "", []string{"Authorization", bearer, "X-Forwarded-For", "192.0.2.1", "Host", "app.example"}, 200, 200},
			{"this machine, afterwards", "", nil, 403, 403},
			{"token, afterwards", "", []string{"Authorization", bearer}, 200, 200},
		} {
			c.ask(t, app)
		}
	})
}

// Each of these alone shows that, on any page.
func TestDebugShutAfterAVisitFromElsewhere(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		for _, headers := range [][]string{
			{"X-Forwarded-For", "127.0.0.1"},
			{"Forwarded", "for=127.0.0.1"},
			{"X-Real-Ip", "127.0.0.1"},
			{"L5d-Dst-Canonical", "app.svc.cluster.local:80"},
			{"Host", "evil.example"},
		} {
			app := trial.Start(t, router, "--workers", "1", "--session-store", "memory", "--debug-endpoints")
			caller{"this machine", "", nil, 200, 200}.ask(t, app)
			b := app.NewBrowser().With(headers[0], headers[1])
			b.Do(http.StatusOK, "GET", "/plain")
			caller{headers[0], "", headers, 403, 403}.ask(t, app)
			caller{"this machine, after " + headers[0], "", nil, 403, 403}.ask(t, app)
			found := loggedAddress.FindStringSubmatch(app.Log())
			if found == nil || strings.Count(app.Log(), "token=") != 1 {
				t.Fatalf("the log has no address with a token in it, or several:\n%s", app.Log())
			}
			caller{"the logged token", "", append(headers, "Authorization", "Bearer "+found[1]), 200, 200}.ask(t, app)
			a := app.NewBrowser().With(headers[0], headers[1])
			if a.Do(http.StatusSeeOther, "GET", "/debug/?token="+found[1]); a.Do(http.StatusOK, "GET", "/debug/").Body == "" {
				t.Error("an empty page")
			}
		}
	})
}

var loggedAddress = regexp.MustCompile(`url="?/debug/\?token=([A-Za-z0-9_-]{22})\b`)

// Who comes over the network is a stranger, whatever is said in the request.
func TestDebugAccessFromAfar(t *testing.T) {
	address := ownAddress(t)
	routers(t, func(t *testing.T, router string) {
		app := trial.StartPublic(t, router, "--workers", "1", "--secret-key", secret, "--session-store", "memory",
			"--debug-endpoints", "--debug-token", debugToken)
		afar := app.URLAt(address)
		for _, c := range []caller{
			{"nothing", afar, nil, 403, 403},
			{"says localhost", afar, []string{"Host", "localhost"}, 403, 403},
			{"says it came from here", afar, []string{"Host", "localhost", "X-Forwarded-For", "127.0.0.1"}, 403, 403},
			{"wrong token", afar, []string{"Authorization", bearer + "?"}, 403, 403},
			{"token", afar, []string{"Authorization", bearer}, 200, 200},
		} {
			c.ask(t, app)
		}
	})
}

// ownAddress is one by which this machine is known to others.
func ownAddress(t *testing.T) string {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Skip(err)
	}
	for _, a := range addresses {
		if network, ok := a.(*net.IPNet); ok && network.IP.To4() != nil && network.IP.IsGlobalUnicast() {
			return network.IP.String()
		}
	}
	t.Skip("this machine has no address but the loopback one")
	return ""
}

// In production everybody needs the token, and none is no start.
func TestDebugAccessInProduction(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		args := []string{"--workers", "1", "--mode", "production", "--secret-key", "qT5rYp0Jw8mX2cVb6nLk3hGf9dSa1zEu7iOo4tRe=",
			"--session-dir", t.TempDir() + "/sessions", "--debug-endpoints"}
		out, _, err := trial.Run(t, router, args...)
		if err == nil || !strings.Contains(out, "--debug-token") || strings.Contains(out, "listening on") {
			t.Errorf("without a token: %v\n%s", err, out)
		}
		for _, weak := range []string{"t", debugToken[:15], strings.Repeat("x", 32), strings.Repeat("0", 64)} {
			out, _, err := trial.Run(t, router, append(args, "--debug-token", weak)...)
			if err == nil || !strings.Contains(out, "--debug-token") || strings.Contains(out, "listening on") {
				t.Errorf("with the token %q: %v\n%s", weak, err, out)
			}
		}
		app := trial.Start(t, router, append(args, "--debug-token", debugToken)...)
		caller{"this machine", "", nil, 403, 403}.ask(t, app)
		caller{"wrong token", "", []string{"Authorization", bearer + "?"}, 403, 403}.ask(t, app)
		caller{"token", "", []string{"Authorization", bearer}, 200, 200}.ask(t, app)
	})
}
