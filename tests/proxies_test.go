//go:build linux

package tests

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// proxy is one whose configuration is in docs/deployment.
type proxy struct {
	program, page, language string
	debug                   []string // lines that keep /debug/ inside
	configure               func(t *testing.T, documented, outside, inside string) string
	args                    func(file string) []string
}

var proxies = []proxy{
	{"haproxy", "haproxy.md", "haproxy", []string{"http-request deny deny_status 404 if { path /debug } or { path_beg /debug/ }"},
		func(t *testing.T, text, outside, inside string) string {
			text = swap(t, text, "bind :443", "bind 127.0.0.1:"+outside)
			text = swap(t, text, "127.0.0.1:8079", "127.0.0.1:"+inside)
			return swap(t, text, "/etc/ssl/shop.example.pem", certificateAndKey(t))
		},
		func(file string) []string { return []string{"-db", "-f", file} }},
	{"caddy", "caddy.md", "caddyfile", []string{"respond @debug 404"},
		func(t *testing.T, text, outside, inside string) string {
			pair := certificateAndKey(t)
			text = swap(t, text, "shop.example {", "https://127.0.0.1:"+outside+" {\n\ttls "+pair+" "+pair)
			text = swap(t, text, "127.0.0.1:8079", "127.0.0.1:"+inside)
			return "{\n\tadmin off\n\tauto_https disable_redirects\n\tservers {\n\t\tprotocols h1 h2\n\t}\n}\n" + text
		},
		func(file string) []string { return []string{"run", "--adapter", "caddyfile", "--config", file} }},
}

// Workers in production behind the proxies of the guide.
func TestProxies(t *testing.T) {
	for _, p := range proxies {
		t.Run(p.program, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(p.program); err != nil {
				t.Skipf("there is no %s", p.program)
			}
			trial.Long(t)
			env := []string{"MODE=production", "SECRET_KEY=" + doctorKey, "DEBUG_TOKEN=" + debugToken, "SESSION_TRUST_PROXY=true", "SESSION_DIR=" + t.TempDir() + "/sessions"}
			conf := blocks(t, "deployment/"+p.page, p.language)[0]
			var apps []*trial.App
			for _, port := range []string{"8081", "8082", "8083"} {
				app := trial.Start(t, "chi", append(env, "--workers", "1", "--debug-endpoints")...)
				conf = swap(t, conf, "127.0.0.1:"+port, strings.TrimPrefix(app.URL, "http://"))
				apps = append(apps, app)
			}
			outside, inside := p.run(t, conf)
			client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
			t.Cleanup(client.CloseIdleConnections)
			wantStatus(t, client, "https://"+outside+"/debug", http.StatusNotFound)
			wantStatus(t, client, "https://"+outside+"/debug/config?token=x", http.StatusNotFound)
			wantStatus(t, client, "http://"+inside+"/debug/config", http.StatusForbidden)
			wantHealthy(t, "http://"+inside, "DEBUG_TOKEN="+debugToken)

			for _, line := range p.debug { // or nothing could be tried by https
				conf = swap(t, conf, line, "")
			}
			open, _ := p.run(t, conf)
			wantHealthy(t, "https://"+open, "DEBUG_TOKEN="+debugToken, "SSL_CERT_FILE="+certificateAndKey(t))

			apps[1].Stop()
			for range 12 {
				wantStatus(t, client, "https://"+outside+"/me", http.StatusOK)
			}
		})
	}
}

// run runs the proxy for the length of the test, and returns its two addresses.
func (p proxy) run(t *testing.T, documented string) (outside, inside string) {
	t.Helper()
	for range 5 { // a port may have been taken in between
		outside, inside := redistest.FreePort(t), redistest.FreePort(t)
		dir := t.TempDir()
		file := filepath.Join(dir, "proxy.conf")
		if err := os.WriteFile(file, []byte(p.configure(t, documented, outside, inside)), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(p.program, p.args(file)...)
		cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
		if startProxy(t, cmd, []string{outside, inside}) {
			return "127.0.0.1:" + outside, "127.0.0.1:" + inside
		}
	}
	t.Fatalf("%s does not start", p.program)
	return "", ""
}

// certificateAndKey is a file with both, for 127.0.0.1.
func certificateAndKey(t *testing.T) string {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	server.Close()
	var both []byte
	for _, file := range []string{certificate(t, server), privateKey(t, server)} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		both = append(both, text...)
	}
	file := filepath.Join(t.TempDir(), "both.pem")
	if err := os.WriteFile(file, both, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func wantStatus(t *testing.T, client *http.Client, url string, status int) {
	t.Helper()
	res, err := client.Get(url)
	if err != nil {
		t.Error(err)
		return
	}
	res.Body.Close()
	if res.StatusCode != status {
		t.Errorf("%s: %s, want %d", url, res.Status, status)
	}
}
