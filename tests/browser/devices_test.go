//go:build unix

package browser

import (
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// Somebody who is logged in on three devices sees them, logs one of them out, and then
// all others.
func TestDevices(t *testing.T) {
	t.Parallel()
	for _, router := range trial.Routers {
		t.Run(router, func(t *testing.T) {
			t.Parallel()
			trial.Long(t)
			requireChromium(t)
			app := trial.Start(t, router, "--workers", "3")
			desk := visitor(t, app, "ada", firefox)
			phone := visitor(t, app, "ada", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1")
			tablet := visitor(t, app, "ada", "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36")
			bob := visitor(t, app, "bob", "")

			const devices = "section:has(#devices)"
			desk.loadUntil(devices, "Firefox on Linux this one", "Safari on iOS", "Chrome on Android")
			if router == "chi" { // the page is the same on all
				desk.looksGood("devices")
			}
			desk.click("[aria-label^='Log out Safari on iOS']")
			desk.until("one is gone", func() bool {
				return desk.has(devices, []string{"Chrome on Android"}) && !strings.Contains(desk.text(devices), "Safari")
			})
			phone.isOut()
			tablet.isIn("ada")
			desk.click("form[action='/logout-others'] button")
			desk.await(".note.success", "One other device is logged out.")
			tablet.isOut()
			desk.isIn("ada")
			bob.isIn("bob")
		})
	}
}
