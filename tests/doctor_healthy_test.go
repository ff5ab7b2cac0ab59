//go:build unix

package tests

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

func answersSoon(t *testing.T, url string) {
	t.Helper()
	until(t, 20*time.Second, "the app answers", func() bool {
		res, err := http.Get(url)
		if err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
		return err == nil
	})
}

// wantHealthy wants no problem, and no warning but those that are so here: the
// folders of tests are temporary, and their Redis keeps nothing.
func wantHealthy(t *testing.T, url string, env ...string) {
	t.Helper()
	out, _, exit := trial.Command(t, append(env, "doctor", "-o", "json", url)...)
	var r struct {
		Version            int
		Verdict            string
		Problems, Warnings []struct{ ID, Message string }
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil || exit != 0 || r.Verdict != "ok" || r.Version != 1 || len(r.Problems) > 0 {
		t.Errorf("exit status %d, %v:\n%s", exit, err, out)
	}
	for _, w := range r.Warnings {
		if w.ID != "file-temporary" && w.ID != "redis-no-persistence" && w.ID != "debug-production" {
			t.Errorf("warns of %+v", w)
		}
	}
	for _, secret := range []string{doctorKey, otherKey, debugToken} {
		if strings.Contains(out, secret) {
			t.Error("shows a secret")
		}
	}
}

func TestDoctorFindsHealthyAppsWell(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	for _, router := range trial.Routers {
		for name, store := range map[string][]string{"file": {"--session-dir", t.TempDir() + "/sessions"}, "redis": {"--redis-url", server.URL(), "--session-prefix", router + ":"}} {
			t.Run(router+"/"+name, func(t *testing.T) {
				t.Parallel()
				app := trial.Start(t, router, append([]string{"SECRET_KEY=" + doctorKey}, append(store, "--workers", "3", "--debug-endpoints")...)...)
				loggedIn(app, 3)
				wantHealthy(t, app.URL, "SECRET_KEY="+doctorKey)
				wantHealthy(t, app.URL) // once more, with nothing of the app's environment and after what the first has left
			})
		}
	}
}

func TestDoctorFindsSentinelAndClusterWell(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	for name, redis := range map[string]string{"sentinel": redistest.StartSentinel(t).URL(), "cluster": redistest.StartCluster(t).URL()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := trial.Start(t, "chi", "SECRET_KEY="+doctorKey, "REDIS_URL="+redis, "--workers", "3", "--debug-endpoints")
			wantHealthy(t, app.URL, "SECRET_KEY="+doctorKey)
		})
	}
}

// A proxy that speaks https, in front of an app in production.
func TestDoctorFindsProductionBehindTLSWell(t *testing.T) {
	t.Parallel()
	env := []string{"MODE=production", "SECRET_KEY=" + doctorKey, "DEBUG_TOKEN=" + debugToken, "SESSION_TRUST_PROXY=true", "SESSION_DIR=" + t.TempDir() + "/sessions"}
	app := trial.Start(t, "echo", append(env, "--workers", "3", "--debug-endpoints")...)
	to, err := url.Parse(app.URL)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewUnstartedServer(&httputil.ReverseProxy{Transport: &http.Transport{DisableKeepAlives: true}, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.SetXForwarded()
		r.Out.Host = r.In.Host
	}})
	front.EnableHTTP2 = true // as proxies do
	front.StartTLS()
	t.Cleanup(front.Close)
	wantHealthy(t, front.URL, "DEBUG_TOKEN="+debugToken, "SSL_CERT_FILE="+certificate(t, front))
	wantHealthy(t, app.URL, "DEBUG_TOKEN="+debugToken) // on the app's own port, as the proxy asks it
}

// A key that is changed as documented, at each of its steps half done.
func TestDoctorFindsARotationWell(t *testing.T) {
	t.Parallel()
	steps := [][]string{
		{"--secret-key", otherKey},
		{"--secret-key", otherKey, "--secret-key-fallbacks", doctorKey},
		{"--secret-key", doctorKey, "--secret-key-fallbacks", otherKey},
		{"--secret-key", doctorKey},
	}
	for i := range len(steps) - 1 {
		t.Run("to step "+string(rune('1'+i)), func(t *testing.T) {
			t.Parallel()
			wantHealthy(t, pair(t, []string{"--session-dir", t.TempDir() + "/sessions"}, steps[i], steps[i+1]))
		})
	}
}
