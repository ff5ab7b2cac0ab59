//go:build unix

package tests

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// A worker's clock is 45 minutes off, on a store that has a clock of its own and
// on one that has none.
func TestDoctorNamesWrongClocks(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	server := redistest.Start(t)
	for name, store := range map[string]func(t *testing.T) []string{
		"redis": func(*testing.T) []string { return []string{"--redis-url", server.URL()} },
		"files": func(t *testing.T) []string { return []string{"--session-dir", t.TempDir() + "/sessions"} },
	} {
		t.Run(name+"/past the idle timeout", func(t *testing.T) {
			t.Parallel()
			args := append([]string{"--mode", "development", "--debug-endpoints", "--secret-key", secret, "--session-prefix", "idle:", "--session-idle-timeout", "30m"}, store(t)...)
			wrong := inProcess(t, args, session.WithClock(func() time.Time { return time.Now().Add(45 * time.Minute) }))
			diagnosis{url: alternate(t, inProcess(t, args), wrong), id: "clock-skew", says: "the idle timeout 30m", fix: "timedatectl set-ntp true"}.expect(t)
		})
		for _, off := range []time.Duration{45 * time.Minute, -45 * time.Minute} {
			t.Run(name+"/"+off.String(), func(t *testing.T) {
				t.Parallel()
				args := append([]string{"--mode", "development", "--debug-endpoints", "--secret-key", secret, "--session-prefix", off.String()}, store(t)...)
				right := inProcess(t, args)
				wrong := inProcess(t, args, session.WithClock(func() time.Time { return time.Now().Add(off) }))
				diagnosis{url: alternate(t, right, wrong), id: "clock-skew", says: "45m", fix: "timedatectl set-ntp true"}.expect(t)
			})
		}
	}
}

// inProcess is a worker in this process.
func inProcess(t *testing.T, args []string, options ...session.Option) (url string) {
	t.Helper()
	cfg, err := config.Parse(newFlags(), args)
	if err != nil {
		t.Fatal(err)
	}
	store, err := stores.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := session.NewManager(t.Context(), cfg, store, append(options, session.WithLogger(slog.New(slog.DiscardHandler)))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sessions.Close() })
	return serve(t, httpsession.Install(http.NewServeMux(), sessions, debug.New(sessions, debug.WithLogger(slog.New(slog.DiscardHandler)))))
}

// alternate is one address in front of several.
func alternate(t *testing.T, targets ...string) string {
	var turn atomic.Int64
	proxy := &httputil.ReverseProxy{Transport: &http.Transport{DisableKeepAlives: true}, Rewrite: func(r *httputil.ProxyRequest) {
		to, err := url.Parse(targets[int(turn.Add(1))%len(targets)])
		if err != nil {
			t.Error(err)
		}
		r.SetURL(to)
	}}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}
