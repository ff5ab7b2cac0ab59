//go:build linux

package tests

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// Workers in production behind nginx, as docs/deployment/nginx.md sets it up: by https,
// as a browser comes, and on this host.
func TestDoctorFindsProductionBehindNginxWell(t *testing.T) {
	needTools(t, "nginx")
	routers(t, func(t *testing.T, router string) {
		if router != "echo" {
			trial.Long(t)
		}
		env := []string{"MODE=production", "SECRET_KEY=" + doctorKey, "DEBUG_TOKEN=" + debugToken, "SESSION_TRUST_PROXY=true", "SESSION_DIR=" + t.TempDir() + "/sessions"}
		documented := blocks(t, "deployment/nginx.md", "nginx")[0]
		for _, port := range []string{"8081", "8082", "8083"} {
			app := trial.Start(t, router, append(env, "--workers", "1", "--debug-endpoints")...)
			documented = swap(t, documented, "127.0.0.1:"+port, strings.TrimPrefix(app.URL, "http://"))
		}
		certified := httptest.NewTLSServer(http.NotFoundHandler())
		t.Cleanup(certified.Close)
		authority := certificate(t, certified)
		documented = swap(t, documented, "/etc/ssl/shop.example.pem", authority)
		documented = swap(t, documented, "/etc/ssl/shop.example.key", privateKey(t, certified))
		documented = swap(t, documented, "location = /debug   { return 404; }", "") // or nothing could be tried by https
		documented = swap(t, documented, "location ^~ /debug/ { return 404; }", "")
		ports := runNginx(t, func(string) (servers string, ports []string) {
			outside, inside := redistest.FreePort(t), redistest.FreePort(t)
			return swap(t, swap(t, documented, "listen 443", "listen 127.0.0.1:"+outside), "127.0.0.1:8079", "127.0.0.1:"+inside), []string{outside, inside}
		})
		wantHealthy(t, "https://127.0.0.1:"+ports[0], "DEBUG_TOKEN="+debugToken, "SSL_CERT_FILE="+authority)
		wantHealthy(t, "http://127.0.0.1:"+ports[1], "DEBUG_TOKEN="+debugToken)
	})
}

// swap replaces what is there, and fails where it is not.
func swap(t *testing.T, text, from, to string) string {
	t.Helper()
	if !strings.Contains(text, from) {
		t.Fatalf("the page in docs/deployment does not have %q", from)
	}
	return strings.ReplaceAll(text, from, to)
}

// privateKey is a file with the key of a server's certificate.
func privateKey(t *testing.T, server *httptest.Server) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(server.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	file := t.TempDir() + "/key.pem"
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
