//go:build unix

package browser

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if err := os.Chdir(".."); err != nil { // trial builds the examples from there
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	stopChromium()
	trial.Cleanup()
	os.Exit(code)
}

// names are what systems call it, the ones that need no download of their own first.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
	"/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"}

// stopChromium ends the browser that chromium has started.
var stopChromium = func() {}

// chromium starts the one browser of this test binary, in which each visitor has
// cookies of its own. It is never to ask another host for anything.
var chromium = sync.OnceValues(func() (context.Context, error) {
	var path string
	for _, name := range names {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return nil, fmt.Errorf("chromium is not installed: apt-get install chromium, or brew install --cask chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("no-pings", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"),
		chromedp.Flag("hide-scrollbars", true),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // which root cannot have
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(allocator)
	stopChromium = func() {
		chromedp.Cancel(ctx)
		stop()
	}
	if err := chromedp.Do(ctx); err != nil {
		stopChromium()
		return nil, fmt.Errorf("%s does not start: %w", path, err)
	}
	return ctx, nil
})

// requireChromium skips the test where there is none.
func requireChromium(t *testing.T) context.Context {
	t.Helper()
	ctx, err := chromium()
	if err == nil {
		return ctx
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	t.Skip(err)
	return nil
}
