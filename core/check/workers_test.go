package check_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

var workerExamples = []example{
	{id: "middleware-order", name: "chi", change: func(f *check.Facts) { f.Observed.SessionBeforeSetup = []string{"GET /private", "GET /me"} }, found: true,
		words: []string{"GET /private, GET /me", "chisession.Install(r, "}},
	{id: "middleware-order", name: "echo", change: all(self(func(w *worker.Info) { w.Framework = "echo" }), func(f *check.Facts) { f.Observed.SessionBeforeSetup = []string{"/"} }),
		found: true, words: []string{"echosession.Install(e, "}},
	{id: "middleware-order", name: "echov5", change: all(self(func(w *worker.Info) { w.Framework = "echov5" }), func(f *check.Facts) { f.Observed.SessionBeforeSetup = []string{"/"} }),
		found: true, words: []string{"echosession.Install(e, "}},
	{id: "middleware-order", name: "fiber", change: all(self(func(w *worker.Info) { w.Framework = "fiber" }), func(f *check.Facts) { f.Observed.SessionBeforeSetup = []string{"/"} }),
		found: true, words: []string{"fibersession.Install(app, "}},
	{id: "middleware-order", name: "fiberv3", change: all(self(func(w *worker.Info) { w.Framework = "fiberv3" }), func(f *check.Facts) { f.Observed.SessionBeforeSetup = []string{"/"} }),
		found: true, words: []string{"fibersession.Install(app, "}},
	{id: "middleware-order", name: "net/http", change: all(self(func(w *worker.Info) { w.Framework = "net/http" }), func(f *check.Facts) { f.Observed.SessionBeforeSetup = []string{"/"} }),
		found: true, words: []string{"httpsession.Install(mux, "}},
	{id: "middleware-order", name: "not installed", change: all(self(func(w *worker.Info) { w.Framework = "" }), func(f *check.Facts) { f.Observed.SessionBeforeSetup = []string{"/"} }),
		found: true, words: []string{"Install of chisession, echosession, fibersession, ginsession or httpsession"}},

	{id: "session-not-renewed", name: "named by the adapter", change: func(f *check.Facts) { f.Observed.NeverRenewed = `store.RenewOn("uid")` }, found: true, words: []string{`store.RenewOn("uid")`}},
	{id: "context-replaced", name: "chi", change: func(f *check.Facts) { f.Observed.ContextReplaced = []string{"GET /private", "GET /me"} }, found: true,
		words: []string{"GET /private, GET /me", "r.WithContext("}},
	{id: "context-replaced", name: "echo", change: all(self(func(w *worker.Info) { w.Framework = "echo" }), func(f *check.Facts) { f.Observed.ContextReplaced = []string{"/"} }),
		found: true, words: []string{"c.SetRequest("}},
	{id: "context-replaced", name: "echov5", change: all(self(func(w *worker.Info) { w.Framework = "echov5" }), func(f *check.Facts) { f.Observed.ContextReplaced = []string{"/"} }),
		found: true, words: []string{"c.SetRequest("}},
	{id: "context-replaced", name: "fiber", change: all(self(func(w *worker.Info) { w.Framework = "fiber" }), func(f *check.Facts) { f.Observed.ContextReplaced = []string{"/"} }),
		found: true, words: []string{"c.SetUserContext("}},
	{id: "context-replaced", name: "fiberv3", change: all(self(func(w *worker.Info) { w.Framework = "fiberv3" }), func(f *check.Facts) { f.Observed.ContextReplaced = []string{"/"} }),
		found: true, words: []string{"c.SetContext("}},

	{id: "cache-keeps-sessions", name: "fiber", change: all(self(func(w *worker.Info) { w.Framework = "fiber" }), func(f *check.Facts) { f.Observed.KeptByCache = []string{"GET /account", "GET /cart"} }), found: true,
		words: []string{"GET /account, GET /cart", "fibersession.NoCache"}},

	{id: "debug-production", name: "on", change: settings(func(c *config.Config) { c.DebugEndpoints, c.DebugToken = true, config.NewSecret(goodKey) }), found: true, words: []string{"--debug-endpoints (DEBUG_ENDPOINTS) to false"}},
	{id: "debug-production", name: "development", from: onMemory, change: settings(func(c *config.Config) { c.DebugEndpoints, c.DebugToken = true, config.NewSecret(goodKey) })},

	{id: "debug-no-token", name: "development", from: onMemory, change: settings(func(c *config.Config) { c.DebugEndpoints = true }), found: true, words: []string{"this machine alone", "--debug-token (DEBUG_TOKEN)"}},
	{id: "debug-no-token", name: "production", change: settings(func(c *config.Config) { c.DebugEndpoints = true }), found: true, also: []string{"debug-production"}},

	{id: "debug-token-short", name: "4 bytes", from: onMemory, change: settings(func(c *config.Config) { c.DebugEndpoints, c.DebugToken = true, config.NewSecret("zq8w") }), found: true, words: []string{"4 bytes", "16"}},
	{id: "debug-token-short", name: "placeholder", from: onMemory, change: settings(func(c *config.Config) {
		c.DebugEndpoints, c.DebugToken = true, config.NewSecret("please-change-me-now")
	}), found: true, words: []string{"is a placeholder"}},
	{id: "debug-token-short", name: "off", from: onMemory, change: settings(func(c *config.Config) { c.DebugToken = config.NewSecret("zq8w") })},

	{id: "clock-skew", name: "this one", change: self(func(w *worker.Info) { w.Skew = -3210 * time.Millisecond }), found: true, words: []string{"this worker is 3.21s behind the store's", "timedatectl"}},
	{id: "clock-skew", name: "another", change: other(func(w *worker.Info) { w.Skew = 2 * time.Second }), found: true, words: []string{"worker 4e5f6071", "2s ahead of the store's"}},
	{id: "clock-skew", name: "apart", change: all(self(func(w *worker.Info) { w.Skew = -700 * time.Millisecond }), other(func(w *worker.Info) { w.Skew = 700 * time.Millisecond })),
		found: true, words: []string{"1.4s ahead of this one's"}},
	{id: "clock-skew", name: "a good part of the lifetime", change: self(func(w *worker.Info) { w.Skew = 90 * time.Minute }), found: true, words: []string{"1h30m0s ahead of the store's"}},
	{id: "clock-skew", name: "one second", change: self(func(w *worker.Info) { w.Skew = time.Second })},

	{id: "workers-version", name: "two", change: other(func(w *worker.Info) { w.Version = "v0.2.0" }), found: true, words: []string{"2 workers run 2 versions", "v0.1.0, v0.2.0"}},

	{id: "workers-config", name: "named", change: all(self(announces("session-lifetime", "24h0m0s")), other(announces("session-lifetime", "1h0m0s")), other(func(w *worker.Info) { w.Config = "deadbeef" })),
		found: true, words: []string{`has --session-lifetime "1h0m0s" (here "24h0m0s")`, "give every worker the same --session-lifetime (SESSION_LIFETIME)"}},
	{id: "workers-config", name: "two", change: other(func(w *worker.Info) { w.Config = "deadbeef" }), found: true, words: []string{"worker 4e5f6071 (pid 202 on web2) has settings deadbeef, this one c0ffee00"}},

	{id: "workers-missing", name: "one", change: settings(func(c *config.Config) { c.Workers = 3 }), found: true, words: []string{"--workers (WORKERS) says 3, and 2 can be seen"}},
	{id: "workers-missing", name: "just started", change: all(settings(func(c *config.Config) { c.Workers = 3 }), self(func(w *worker.Info) { w.Started = noon.Add(-10 * time.Second) }))},
	{id: "workers-missing", name: "no registry", change: func(f *check.Facts) {
		f.Config.Workers = 3
		f.Store.Unchecked = map[string]string{"workers": "the store keeps no list of them"}
	}, also: []string{"store-unchecked"}},
	{id: "workers-missing", name: "more than configured", change: settings(func(c *config.Config) { c.Workers = 1 })},

	{id: "fiber-prefork-memory", name: "child", from: onMemory, change: all(settings(func(c *config.Config) { c.Workers = 4 }), self(func(w *worker.Info) { w.Prefork = true })), found: true,
		words: []string{"pid 101", "Prefork: false", "--session-store"}},
	{id: "fiber-prefork-key", name: "child", change: all(secretKey(""), self(func(w *worker.Info) { w.Prefork = true })), found: true,
		words: []string{"pid 101", "--secret-key (SECRET_KEY)", "openssl rand"}},
	{id: "fiber-prefork-key", name: "with a key", change: self(func(w *worker.Info) { w.Prefork = true })},
	{id: "fiber-prefork-memory", name: "on Redis", change: self(func(w *worker.Info) { w.Prefork = true })},

	{id: "silence-unknown", name: "a slip of the pen", change: settings(func(c *config.Config) { c.Silence = []string{"redis-old", "redis-no-tsl"} }), found: true,
		words: []string{`silences "redis-no-tsl"`, "--session-silence (SESSION_SILENCE)"}},
	{id: "silence-unknown", name: "known", change: settings(func(c *config.Config) { c.Silence = []string{"redis-old", "silence-unknown"} })},
}

func announces(flag, value string) func(*worker.Info) {
	return func(w *worker.Info) { w.Settings = map[string]string{flag: value} }
}

func TestClocksAreErrorsWhenSessionsBreak(t *testing.T) {
	t.Parallel()
	for skew, want := range map[time.Duration]check.Severity{90 * time.Minute: check.Error, -90 * time.Minute: check.Error, time.Hour: check.Warning} {
		f := onRedis()
		f.Self.Skew = skew
		for _, finding := range check.Run(f) {
			if finding.ID == "clock-skew" && finding.Severity != want {
				t.Errorf("%v is an %s, want %s", skew, finding.Severity, want)
			}
		}
	}
}

// A key that is changed as documented refuses nobody, at any step.
func TestRotationRaisesNoWarning(t *testing.T) {
	t.Parallel()
	steps := [][]string{{"aaaa0000"}, {"aaaa0000", "bbbb0000"}, {"bbbb0000", "aaaa0000"}, {"bbbb0000"}}
	for i, before := range steps[:len(steps)-1] {
		for _, pair := range [][2][]string{{before, steps[i+1]}, {steps[i+1], before}} {
			f := onRedis()
			f.Self.Keys, f.Workers[0].Keys, f.Workers[1].Keys = pair[0], pair[0], pair[1]
			for _, finding := range check.Run(f) {
				if finding.Severity != check.Info || strings.Contains(finding.Message, "earlier") {
					t.Errorf("%v beside %v: %+v", pair[0], pair[1], finding)
				}
			}
		}
	}
}

// A fallback key that is missing matters once cookies of it arrive.
func TestFallbacksInUse(t *testing.T) {
	t.Parallel()
	f := onRedis()
	f.Workers[1].Keys = append(f.Workers[1].Keys, "dddd0000")
	f.Rejections["foreign-key"] = check.Recent{Count: check.WarnAfter}
	for _, finding := range check.Run(f) {
		if finding.ID == "secret-key-fallbacks" && finding.Severity == check.Warning {
			return
		}
	}
	t.Error("no warning")
}
