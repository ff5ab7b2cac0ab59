//go:build unix

package browser

import (
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// An operator finds the sessions of a user, ends one and then all of them; of a cookie
// that a visitor has sent in nothing is left in the page or in the address.
func TestEndSessions(t *testing.T) {
	t.Parallel()
	trial.Long(t)
	_, apps := deploy(t, "2", oneKey)
	home, work, bob := visitor(t, apps[0], "ada", ""), visitor(t, apps[0], "ada", ""), visitor(t, apps[0], "bob", "")
	b := operate(t, apps[0])
	b.click("nav a[href$='/sessions']")
	b.await("main", "Find a session")
	b.looksGood("find")

	b.fill("input[name=cookie]", home.cookie().Value)
	b.click("form:has(input[name=cookie]) button")
	b.await("main", "loaded", "ada")
	text, err := look[string](b, "location.href + document.documentElement.outerHTML")
	if err != nil || strings.Contains(text, strings.Split(home.cookie().Value, ".")[1]) {
		t.Errorf("the cookie is in the page, %v", err)
	}
	b.looksGood("the session of a cookie")
	b.stays("loaded")
	b.click("form:has(input[value=end]) button")
	b.await("main", "Ended", "of ada has ended, on every worker")
	b.looksGood("ended")
	b.stays("has ended")
	home.isOut()
	work.isIn("ada")

	b.click("main a[href*='user=ada']")
	b.await("main", "One session of ada")
	again := visitor(t, apps[0], "ada", "")
	b.loadUntil("main", "2 sessions of ada")
	b.looksGood("sessions of a user")
	b.click("details summary")
	b.click("form:has(input[value=end-all]) button")
	b.await("main", "All sessions of ada have ended, on every worker")
	work.isOut()
	again.isOut()
	bob.isIn("bob")
}

// stays looks whether what the page answered is still there when it has had the time
// to ask for itself again.
func (b *tab) stays(text string) {
	b.t.Helper()
	watch := b.another()
	watch.open("/debug/")
	watch.until("a page that was opened later has asked", func() bool { return watch.refreshes() > 0 })
	b.await("main", text)
	if n := b.refreshes(); n > 0 {
		b.t.Errorf("it asked for itself %d times", n)
	}
}
