//go:build unix

package browser

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience bounds every wait for something that should happen soon.
const patience = 2 * time.Minute

// tab is a tab of the browser. At the end of the test its console must be empty,
// and it must have asked no other host than those of its app.
type tab struct {
	t    *testing.T
	ctx  context.Context
	base string // the app's address

	mu      sync.Mutex
	console []string
	strange []string // addresses elsewhere
	known   []string // what the console may say
	fetches int      // requests that scripts of the page have made
}

// newTab opens one for a visitor that nobody knows.
func newTab(t *testing.T, base string) *tab {
	t.Helper()
	return openTab(t, requireChromium(t), base, chromedp.WithNewBrowserContext())
}

// another is one more tab of the same visitor.
func (b *tab) another() *tab {
	b.t.Helper()
	return openTab(b.t, b.ctx, b.base)
}

func openTab(t *testing.T, parent context.Context, base string, options ...chromedp.ContextOption) *tab {
	t.Helper()
	b := &tab{t: t, base: base}
	ctx, cancel := chromedp.NewContext(parent, append(options, chromedp.WithListener(b.listen))...)
	b.ctx = ctx
	t.Cleanup(func() {
		cancel()
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.console) > 0 {
			t.Errorf("the console says:\n%s", strings.Join(b.console, "\n"))
		}
		if len(b.strange) > 0 {
			t.Errorf("asked elsewhere: %q", b.strange)
		}
	})
	if err := chromedp.Do(ctx); err != nil { // without a deadline: the tab lives as long as this context
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme != "data" && u.Scheme+"://"+u.Host != b.base {
			b.strange = append(b.strange, e.Request.URL)
		}
		if e.Type == network.ResourceTypeFetch {
			b.fetches++
		}
	case *runtime.EventConsoleAPICalled:
		for _, arg := range e.Args {
			b.says("%s: %s %s", e.Type, arg.Value, arg.Description)
		}
	case *runtime.EventExceptionThrown:
		b.says("%v", e.ExceptionDetails)
	case *log.EventEntryAdded:
		b.says("%s: %s (%s)", e.Entry.Level, e.Entry.Text, e.Entry.URL)
	}
}

func (b *tab) says(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.ContainsFunc(b.known, func(part string) bool { return strings.Contains(text, part) }) {
		b.console = append(b.console, text)
	}
}

// mayHear has the test pass also when the console has something with this in it.
func (b *tab) mayHear(part string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known = append(b.known, part)
}

// do carries the steps out.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// open goes to a page of the app.
func (b *tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base + path))
}

// look evaluates a script in the page; of a promise it gives what comes of it.
func look[T any](b *tab, script string) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// text is what a person reads in the first such element, "" for none.
func (b *tab) text(selector string) string {
	text, _ := look[string](b, fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector)) // none while a page comes and goes
	return strings.Join(strings.Fields(text), " ")
}

// has reports whether the element's text has all of these in it, in whatever case:
// a sentence may begin with them.
func (b *tab) has(selector string, parts []string) bool {
	text := strings.ToLower(b.text(selector))
	return !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(text, strings.ToLower(part)) })
}

// await waits until the element's text has all of these in it, as has sees it.
func (b *tab) await(selector string, parts ...string) {
	b.t.Helper()
	b.until(fmt.Sprintf("%s has %q", selector, parts), func() bool {
		return b.has(selector, parts)
	})
}

// loadUntil loads the page again until the element's text has all of these in it.
func (b *tab) loadUntil(selector string, parts ...string) {
	b.t.Helper()
	b.until(fmt.Sprintf("%s has %q", selector, parts), func() bool {
		b.do(chromedp.Reload())
		return b.has(selector, parts)
	})
}

// until waits for something that happens in the page.
func (b *tab) until(what string, done func() bool) {
	b.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !done(); <-tick.C {
		if time.Now().After(end) {
			b.t.Fatalf("not within %v: %s. The page:\n%s", patience, what, b.text("body"))
		}
	}
}

// click presses what a person would, once it is there.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// fill types into a field.
func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}
