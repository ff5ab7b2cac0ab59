//go:build unix

package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// Somebody logs in, presses 50 times at once, is known to every worker, and logs
// out: in this tab, in the other one, when the browser goes back, and to who has
// kept the cookie.
func TestApp(t *testing.T) {
	t.Parallel()
	for _, router := range trial.Routers {
		t.Run(router, func(t *testing.T) {
			t.Parallel()
			if router != "chi" {
				trial.Long(t)
			}
			requireChromium(t)
			app := trial.Start(t, router, "--workers", "3")
			b := newTab(t, app.URL)
			b.open("/")
			b.logIn("ada")
			b.await(".note.success", "Welcome, ada.")

			b.click("#many")
			b.await("#result", "50 presses", "The counter is at 50, none was lost.")
			b.seesAnotherWorker("You are logged in as ada.", "50")
			if note := b.text(".note.success"); note != "" {
				t.Errorf("the message shows again: %s", note)
			}
			b.mayHear("/favicon.ico") // for which it asks where a page names none
			b.open("/private")
			b.await("body", "only for ada")

			other, thief := b.another(), newTab(t, app.URL)
			other.open("/")
			other.await("#who + p", "You are logged in as ada.")
			thief.steal(b)
			b.open("/")
			b.logOut()
			b.goesBack()
			other.isDead()
			thief.open("/")
			thief.await("#who + p", "Nobody is logged in.")
			thief.await(".rejected .badge", "rejected")
		})
	}
}

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"

// visitor is somebody who has logged in at the app, with a browser that says to be
// another, or with "" what it is.
func visitor(t *testing.T, app *trial.App, user, userAgent string) *tab {
	t.Helper()
	b := newTab(t, app.URL)
	if userAgent != "" {
		if _, err := chromedp.Call(b.ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: userAgent}); err != nil {
			t.Fatal(err)
		}
	}
	b.open("/")
	b.logIn(user)
	return b
}

func (b *tab) isIn(user string) {
	b.t.Helper()
	b.do(chromedp.Reload())
	b.await("#who + p", "You are logged in as "+user+".")
}

func (b *tab) isOut() {
	b.t.Helper()
	b.do(chromedp.Reload())
	b.await("#who + p", "Nobody is logged in.")
}

func (b *tab) logIn(user string) {
	b.t.Helper()
	b.fill("#user", user)
	b.click("form[action='/login'] button")
	b.await("#who + p", "You are logged in as "+user+".")
}

func (b *tab) logOut() {
	b.t.Helper()
	b.click("form[action='/logout'] button")
	b.await("#who + p", "Nobody is logged in.")
	b.counts("0")
}

// counts waits until the counter shows this, and no other number that has it in it.
func (b *tab) counts(n string) {
	b.t.Helper()
	b.until("the counter is at "+n, func() bool { return b.text("#count") == n })
}

// seesAnotherWorker loads the page again until another worker answers, to which
// the visitor is the same.
func (b *tab) seesAnotherWorker(user, count string) {
	b.t.Helper()
	first := b.text(".worker strong")
	b.until("another worker than "+first+" answers", func() bool {
		b.do(chromedp.Reload())
		b.await("#who + p", user)
		b.counts(count)
		return b.text(".worker strong") != first
	})
}

// goesBack steps back through what was shown before the logout.
func (b *tab) goesBack() {
	b.t.Helper()
	for {
		history, err := chromedp.Run(b.ctx, chromedp.NavigationEntries())
		if err != nil {
			b.t.Fatal(err)
		}
		if history.CurrentIndex <= 1 { // before the first page there is an empty one
			return
		}
		if _, err := look[chromedp.Void](b, "history.back()"); err != nil { // chromedp.NavigateBack waits for a page that may come from memory
			b.t.Fatal(err)
		}
		b.until("back", func() bool {
			now, err := chromedp.Run(b.ctx, chromedp.NavigationEntries())
			return err == nil && now.CurrentIndex == history.CurrentIndex-1
		})
		b.until("a page of nobody, or none", func() bool {
			text := b.text("body")
			return text != "" && !strings.Contains(text, "ada")
		})
	}
}

// isDead uses a page that was loaded while somebody was logged in.
func (b *tab) isDead() {
	b.t.Helper()
	if user, err := look[*string](b, `fetch("/me").then(answer => answer.json()).then(me => me.user)`); err != nil || user != nil {
		b.t.Errorf("user %v, %v", user, err)
	}
	b.click("form[action='/count'] button")
	b.await("#who + p", "Nobody is logged in.")
	b.counts("1")
}

// cookie is the session's.
func (b *tab) cookie() *network.Cookie {
	b.t.Helper()
	got, err := chromedp.Call(b.ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{b.base}})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range got.Cookies {
		if c.Name == "session" {
			return c
		}
	}
	return nil
}

// steal takes the session's cookie of another visitor.
func (b *tab) steal(of *tab) {
	b.t.Helper()
	c := of.cookie()
	if c == nil || !c.HTTPOnly {
		b.t.Fatalf("there is no cookie, or scripts can read it: %+v", c)
	}
	if _, err := chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{URL: b.base, Name: c.Name, Value: c.Value}); err != nil {
		b.t.Fatal(err)
	}
}
