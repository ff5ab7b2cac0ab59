//go:build unix

package browser

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// The page tells what has happened without being loaded again, and leaves alone what
// somebody is at in it. It stands still when told to, and while nobody sees it.
func TestRefresh(t *testing.T) {
	t.Parallel()
	trial.Long(t)
	redis, apps := deploy(t, "1", oneKey)
	moving := operate(t, apps[0])
	standing, unseen := moving.another(), moving.another()
	standing.open("/debug/")
	unseen.open("/debug/")
	standing.click("#refresh")
	standing.await("#refresh[aria-pressed=false]", "refresh")
	unseen.run(`Object.defineProperty(document, "hidden", {get: () => true}); document.dispatchEvent(new Event("visibilitychange"))`)
	before := standing.refreshes() + unseen.refreshes()

	moving.await(".verdict", "nothing is wrong")
	moving.click("details summary")
	redis.Kill()
	moving.await(".verdict", "nobody can log in")
	if is, err := look[bool](moving, `document.activeElement.matches("details[open] summary")`); !is || err != nil {
		t.Errorf("what was opened is closed, or has lost the focus: %v", err)
	}
	moving.click(".verdict [data-copy]")
	if text, err := look[string](moving, "getSelection().toString()"); err != nil || text == "" || text != moving.text(".verdict .fix p") {
		t.Errorf("copied is %q, of %q, %v", text, moving.text(".verdict .fix p"), err)
	}
	redis.Restart()
	moving.await(".verdict", "nothing is wrong")
	if after := standing.refreshes() + unseen.refreshes(); after != before {
		t.Errorf("those that should stand still have asked %d times", after-before)
	}
	standing.await(".verdict", "nothing is wrong")
	before = standing.refreshes()
	standing.click("#refresh")
	standing.until("it moves again", func() bool { return standing.refreshes() > before })

	moving.mayHear("ERR_")
	standing.mayHear("ERR_")
	apps[0].Stop()
	moving.await("#trouble", "Not refreshed at", "What is here is older.")
	moving.await(".verdict", "nothing is wrong")
}

// refreshes counts how often the page has asked for itself.
func (b *tab) refreshes() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fetches
}

// run runs a script in the page.
func (b *tab) run(script string) {
	b.t.Helper()
	if _, err := look[chromedp.Void](b, script); err != nil {
		b.t.Fatal(err)
	}
}
