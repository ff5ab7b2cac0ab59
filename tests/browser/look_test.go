//go:build unix

package browser

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// view is what somebody looks at a page with.
type view struct {
	name          string
	width, height int64
	phone         bool
	scheme        string // of the colours
}

var (
	desktop      = view{"desktop", 1280, 800, false, "light"}
	desktopNight = view{"desktop-dark", 1280, 800, false, "dark"}
	phone        = view{"phone", 390, 844, true, "light"}
	phoneNight   = view{"phone-dark", 390, 844, true, "dark"}
)

// through has the tab look through another screen from now on.
func (b *tab) through(v view) {
	b.t.Helper()
	var options []chromedp.EmulateViewportOption
	if v.phone {
		options = append(options, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulatePortrait, chromedp.EmulateTouch)
	}
	b.do(chromedp.EmulateViewport(v.width, v.height, options...))
	scheme := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: v.scheme}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, scheme); err != nil {
		b.t.Fatal(err)
	}
}

//go:embed testdata/hidden.js
var hidden string

// hidesNothing looks for what a person on a phone would not get to see.
func (b *tab) hidesNothing(page string) {
	b.t.Helper()
	found, err := look[[]string](b, hidden)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range found {
		b.t.Errorf("%s: %s", page, f)
	}
}

//go:embed testdata/axe.min.js.gz
var axePacked []byte

var axe = sync.OnceValues(func() (string, error) {
	r, err := gzip.NewReader(bytes.NewReader(axePacked))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), err
})

// violation is a rule of axe that a page breaks.
type violation struct {
	ID     string
	Impact string
	Help   string
	Where  []string
}

// accessible asks axe what keeps a person who cannot see well, or uses no mouse,
// from using the page.
func (b *tab) accessible(page string) {
	b.t.Helper()
	found, err := b.violations()
	if err != nil {
		b.t.Fatal(err)
	}
	for _, v := range found {
		b.t.Errorf("%s: %s, %s: %s\n%s", page, v.Impact, v.ID, v.Help, strings.Join(v.Where, "\n"))
	}
}

func (b *tab) violations() ([]violation, error) {
	script, err := axe()
	if err != nil {
		return nil, err
	}
	const run = `;axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v =>
		({id: v.id, impact: v.impact, help: v.help, where: v.nodes.map(n => n.html + ": " + n.failureSummary)})))`
	return look[[]violation](b, script+run)
}

// What looks at pages finds what it looks for.
func TestLooking(t *testing.T) {
	t.Parallel()
	b := newTab(t, "")
	b.through(phone)
	const line = `<p style="white-space:nowrap">a long line that does not break, of words that nobody on a phone will ever see`
	for body, want := range map[string]string{
		`<p>short</p>`:                         "",
		line:                                   "in a width of",
		`<div style="overflow-x:auto">` + line: "in a width of",
		`<details><summary>more</summary>` + line:                                                                 "in a width of",
		`<div style="margin-left:9em">` + line:                                                                    "in a width of",
		`<svg width="900" height="9"></svg>`:                                                                      "reaches out",
		`<div style="overflow:auto;max-height:2em"><p>one<p>two<p>three`:                                          "in a height of",
		`<p>read</p><p style="position:absolute;width:1px;height:1px;overflow:hidden">for who hears the page</p>`: "",
	} {
		b.write(body)
		found, err := look[[]string](b, hidden)
		if all := strings.Join(found, "\n"); err != nil || (all == "") != (want == "") || !strings.Contains(all, want) {
			t.Errorf("%s: %q, %v", body, found, err)
		}
	}
	for body, want := range map[string]string{
		`<p>short</p>`:                                   "",
		`<p style="color:#999">a quiet word</p>`:         "color-contrast",
		`<button></button>`:                              "button-name",
		`<p>one</p><style>body{background:#333}</style>`: "color-contrast",
	} {
		b.write(`<main><h1>a page</h1>` + body + `</main>`)
		found, err := b.violations()
		if (len(found) == 0) != (want == "") || len(found) > 0 && found[0].ID != want || err != nil {
			t.Errorf("%s: %v, %v", body, found, err)
		}
	}
}

// write has the tab show a page of the test's own.
func (b *tab) write(body string) {
	b.t.Helper()
	b.do(chromedp.Navigate("data:text/html,<!doctype html><html lang=en><title>page</title><meta name=viewport content=width=device-width>" + url.PathEscape(body)))
}
