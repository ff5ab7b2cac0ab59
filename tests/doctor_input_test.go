//go:build unix

package tests

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// certificate is a file with the certificate of a server.
func certificate(t *testing.T, server *httptest.Server) string {
	t.Helper()
	file := t.TempDir() + "/ca.pem"
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// What cannot be tried is told in a line, and is no finding.
func TestDoctorSaysWhatCannotBeTried(t *testing.T) {
	t.Parallel()
	static := func(status int, header, value, body string) string {
		return serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(header, value)
			w.WriteHeader(status)
			w.Write([]byte(body))
		}))
	}
	self := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(self.Close)
	production := []string{"MODE=production", "SECRET_KEY=" + doctorKey, "DEBUG_TOKEN=" + debugToken, "SESSION_DIR=" + t.TempDir() + "/sessions", "--workers", "1", "--debug-endpoints"}
	closed := trial.Start(t, "chi", production...)
	off := trial.Start(t, "chi", "--workers", "1", "--session-dir", t.TempDir()+"/sessions")
	shared := []string{"--workers", "1", "--secret-key", doctorKey, "--session-dir", t.TempDir() + "/sessions"}
	half := front(t, trial.Start(t, "echo", append([]string{"--debug-endpoints"}, shared...)...), trial.Start(t, "chi", shared...))
	for _, c := range []struct {
		name, url, id, says string
		env                 []string
	}{
		{"no sessionkit app", static(200, "Content-Type", "text/html", "<h1>shop</h1>"), "not-sessionkit", "not with a report of sessionkit", nil},
		{"other JSON", static(200, "Content-Type", "application/json", `{"config": 5}`), "not-sessionkit", "not with a report", nil},
		{"closed port", closedPort(t), "unreachable", "connection refused", nil},
		{"closed port, healthy environment", closedPort(t), "unreachable", "connection refused", []string{"SECRET_KEY=" + doctorKey, "SESSION_DIR=" + t.TempDir() + "/sessions"}},
		{"debug off", off.URL, "debug-off", "are off (404)", nil},
		{"no token", closed.URL, "no-token", "want a token (403)", nil},
		{"wrong token", closed.URL, "wrong-token", "does not accept this token", []string{"DEBUG_TOKEN=another-token-of-the-tests"}},
		{"a worker without debug endpoints", half, "debug-differs", "not every worker has the debug endpoints on", nil},
		{"login page", static(302, "Location", "https://login.example/", ""), "redirected", "sends elsewhere, to https://login.example/", nil},
		{"basic auth", static(401, "WWW-Authenticate", "Basic", ""), "no-access", "refuses /debug/ (401)", nil},
		{"bad gateway", static(502, "Server", "nginx", ""), "bad-gateway", "answers with 502", nil},
		{"self-signed certificate", self.URL, "certificate", "certificate", nil},
		{"http on a TLS port", strings.Replace(static(200, "X", "y", ""), "http://", "https://", 1), "not-tls", "HTTP response to HTTPS client", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out, stderr, exit := trial.Command(t, append(c.env, "doctor", c.url)...)
			first, _, _ := strings.Cut(out, "\n")
			if exit != 2 || !strings.HasPrefix(first, "not tried: ") || !strings.HasSuffix(first, "["+c.id+"]") || !strings.Contains(first, c.says) || stderr != "" {
				t.Errorf("exit status %d:\n%s%s", exit, out, stderr)
			}
		})
	}
}

func TestCommandIsUsedWrongly(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{}, {"bogus"}, {"doctor"}, {"doctor", "ftp://x"}, {"doctor", "http://user:pw@host"}, {"doctor", "-o", "xml", "http://x"}, {"doctor", "--nope", "http://x"},
		{"doctor", "--only", "nothing", "http://x"}, {"doctor", "--fail-on", "info", "http://x"}, {"doctor", "http://a", "http://b"}, {"check", "more"}, {"check", "--fail-on", "x"},
	} {
		out, stderr, exit := trial.Command(t, args...)
		if exit != 64 || out != "" || stderr == "" {
			t.Errorf("%q: exit status %d, %q, %q", args, exit, out, stderr)
		}
	}
	for _, args := range [][]string{{"--help"}, {"doctor", "--help"}, {"check", "-h"}, {"version"}} {
		out, stderr, exit := trial.Command(t, args...)
		if exit != 0 || !strings.Contains(out, "sessionkit") || stderr != "" {
			t.Errorf("%q: exit status %d, %q, %q", args, exit, out, stderr)
		}
	}
}
