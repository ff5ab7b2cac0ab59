package adaptertest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/adaptertest"
)

// brokenVariable names the broken adapter that TestBrokenAdapter runs the
// suite on, in a process of its own: there a failure is what is asked for.
const brokenVariable = "ADAPTERTEST_BROKEN"

// brokenAdapters have one fault each, most of them found in the wild.
var brokenAdapters = []struct {
	fault   string
	adapter adapter
	foundBy string
}{
	{"reads the session at once", adapter{eager: true}, "session/22 a request that never asks costs nothing"},
	{"shares sessions between requests", adapter{shared: &sharing{}}, "session/29 nothing leaks from one request to the next"},
	{"saves when the handler has returned", adapter{late: true}, "commit/62 saved before the first byte: write"},
	{"saves only what is written", adapter{onlyWrites: true}, "commit/62 saved before the first byte: nothing"},
	{"answers errors outside", adapter{errorsOutside: true}, "commit/62 an error handler changes the session itself"},
	{"flushes without saving", adapter{flushPast: true}, "writer/63 flush"},
	{"hijacks without saving", adapter{hijackPast: true}, "writer/63 103 hijack is refused when the session cannot be saved"},
	{"takes 103 for the answer", adapter{earlyCommit: true}, "writer/informational answers commit nothing"},
	{"takes 101 for no answer", adapter{switchPast: true}, "writer/101 is the answer"},
	{"hides the writer below", adapter{hideBelow: true}, "writer/63 ResponseController"},
	{"forgets late changes", adapter{noFinish: true}, "stream/a late change is saved when the browser has the cookie"},
	{"says nothing of late losses", adapter{noFinish: true}, "stream/a late change of a new session is an error in the log"},
	{"sends the body after the error", adapter{bodyAfterError: true}, "failure/103 a failed save replaces the answer: write"},
	{"sends the headers with the error", adapter{keepHeaders: true}, "failure/103 a failed save replaces the answer: redirect"},
	{"takes a failing store for a new visitor", adapter{anonymousOnError: true}, "failure/102 a session that cannot be read is not a new one"},
	{"saves after a panic", adapter{savePanics: true}, "recovery/after a panic nothing is saved and the server lives"},
	{"replaces other cookies", adapter{replaceCookies: true}, "headers/54 cookies of handlers stay"},
	{"leaves the cookie of a former name", adapter{noForget: true}, "rivals/59 the name without the prefix logs nobody out"},
	{"forgets Vary", adapter{noVary: true}, "headers/58 Vary: Cookie when the session was read"},
	{"reads one Cookie line", adapter{oneLine: true}, "headers/60 several cookies of the name"},
	{"lets caches keep the cookie", adapter{cacheable: true}, "headers/64 no-store on answers that set the cookie"},
	{"reads cookies alone", adapter{noHeaders: true}, "token in a header/log in, work, log out: bearer"},
	{"does not say that a token is void", adapter{keepToken: true}, "token in a header/log in, work, log out: header:X-Session"},
	{"forgets Vary for tokens", adapter{noVaryOn: true}, "token in a header/58 Vary names the header: bearer"},
	{"lets caches keep the token", adapter{cacheable: true}, "token in a header/log in, work, log out: bearer"},
	{"answers 401 without a challenge", adapter{noChallenge: true}, "token in a header/102 RequireUser: bearer"},
	{"lets everybody pass RequireFresh", adapter{noFresh: true}, "user/7.5.3 RequireFresh"},
	{"believes X-Forwarded-Proto", adapter{believeProxy: true}, "cookie/56 X-Forwarded-Proto counts when trusted"},
	{"does not see TLS", adapter{ignoreTLS: true}, "cookie/55 Secure over TLS"},
	{"takes a page fetched ahead for one that is shown", adapter{alwaysSeen: true}, "once/120 a request that nobody sees takes no messages"},
	{"opens the private parts while the store is down", adapter{failOpen: true}, "user/102 RequireUser cannot tell while the store is down"},
	{"has debug endpoints when they are off", adapter{debugAlways: true}, "debug/116 off: a path like any other that does not exist"},
	{"hides debug endpoints behind what catches all", adapter{debugYields: true}, "debug/133 on: beside what catches all, as in single-page apps"},
	{"blames the order for a lost context", adapter{noRun: true}, "errors/136 a context that was replaced is named"},
	{"does not say that a hijack lost the cookie", adapter{hijackSilent: true}, "writer/a hijack that loses the cookie is in the log"},
	{"has debug endpoints outside the session", adapter{debugOutside: true}, "debug/on: there, with the session of the caller"},
	{"keeps forms from the debug endpoints", adapter{debugDeaf: true}, "debug/7.4.5 on: what an operator ends has ended for every browser"},
	{"does not show where requests come from", adapter{blind: true}, "debug/on: what shows a proxy is seen on every path"},
}

// TestSuiteFindsFaults shows that the suite can fail, on the case that is
// about the fault.
func TestSuiteFindsFaults(t *testing.T) {
	t.Parallel()
	for _, broken := range brokenAdapters {
		t.Run(broken.fault, func(t *testing.T) {
			t.Parallel()
			name := "TestBrokenAdapter/" + strings.ReplaceAll(broken.foundBy, " ", "_")
			pattern := "^" + strings.ReplaceAll(name, "/", "$/^") + "$"
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run="+pattern)
			cmd.Env = append(os.Environ(), brokenVariable+"="+broken.fault)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: "+name) {
				t.Errorf("the suite does not notice: error %v\n%s", err, out)
			}
			if strings.Contains(string(out), "\npanic:") {
				t.Errorf("the suite panics:\n%s", out)
			}
		})
	}
}

// TestBrokenAdapter is what TestSuiteFindsFaults runs.
func TestBrokenAdapter(t *testing.T) {
	fault := os.Getenv(brokenVariable)
	if fault == "" {
		t.Skipf("%s names no fault", brokenVariable)
	}
	adaptertest.SetPatience(2 * time.Second)
	for _, broken := range brokenAdapters {
		if broken.fault == fault {
			adaptertest.Run(t, broken.adapter.serve)
		}
	}
}

// TestSoundAdapter shows that without a fault the adapter passes, so that it
// is the fault that is found.
func TestSoundAdapter(t *testing.T) {
	t.Parallel()
	adaptertest.Run(t, adapter{}.serve)
}
