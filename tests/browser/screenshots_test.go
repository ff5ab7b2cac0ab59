//go:build unix

package browser

import (
	"bytes"
	"cmp"
	_ "embed"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

var screenshots = flag.Bool("screenshots", false, "write docs/images")

// most is how large a picture may be.
const most = 100_000

// Screenshots makes the pictures of the docs. Without the flag it only tries to: they
// are small, and show nothing that is secret or belongs to this machine.
func TestScreenshots(t *testing.T) {
	if !*screenshots {
		trial.Long(t)
		t.Parallel()
	}
	dir := t.TempDir()
	if *screenshots {
		dir = filepath.Join("..", "docs", "images")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := camera{dir: dir}

	_, apps := deploy(t, "3", oneKey)
	b := visitor(t, apps[0], "ada", firefox)
	b.click("#many")
	b.counts("50")
	c.takes(b, "app", desktop, desktopNight)
	b = operate(t, apps[0])
	b.open("/debug/sessions?user=ada")
	b.await("main", "One session of ada")
	c.takes(b, "sessions", desktop, desktopNight)

	_, apps = deploy(t, "1", oneKey, oneKey, oneKey)
	visit(t, apps)
	b = operate(t, apps[0])
	b.loadUntil(".verdict", "3 workers share one Redis and one key")
	c.takes(b, "dashboard", desktop, desktopNight, phone, phoneNight)

	_, apps = deploy(t, "2", oneKey, otherKey)
	b = operate(t, apps[0])
	b.loadUntil(".verdict", "logins flicker", "2 of 4 workers")
	c.takes(b, "two-keys", desktop, desktopNight, phone, phoneNight)
	b.open("/debug/workers")
	c.takes(b, "workers", desktop, desktopNight)
}

// visit has visitors use the apps so long that the charts have something to show: they
// log in, press, press at once in two windows, and come back with a dead cookie.
func visit(t *testing.T, apps []*trial.App) {
	t.Helper()
	length := 4 * time.Minute
	if !*screenshots {
		length = time.Second
	}
	begin := time.Now()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for i := 0; time.Since(begin) < length; i++ {
		<-tick.C
		b := apps[i%len(apps)].NewBrowser()
		b.Login("ada")
		window := b.Clone(apps[(i+1)%len(apps)].URL)
		var both sync.WaitGroup
		for _, b := range []*trial.Browser{b, window} {
			both.Go(func() { b.Count() })
		}
		both.Wait()
		for range int(5 + 4*math.Sin(time.Since(begin).Seconds()/20)) {
			b.Me()
		}
		if i%7 == 0 {
			b.Do(http.StatusSeeOther, "POST", "/logout")
			window.Me()
		}
	}
}

// camera takes pictures of what a person sees first of a page.
type camera struct{ dir string }

//go:embed testdata/tidy.js
var tidy string

// takes makes pictures of the page, and looks whether one would give something away.
func (c camera) takes(b *tab, name string, views ...view) {
	b.t.Helper()
	host, err := os.Hostname()
	if err != nil {
		b.t.Fatal(err)
	}
	b.run(fmt.Sprintf("(%s)(%q)", tidy, host))
	text := b.text("body")
	home, _ := os.UserHomeDir()
	private := map[string]string{"key": oneKey, "other key": otherKey, "token": token, "password": password,
		"machine": host, "temporary folder": os.TempDir(), "home": home, "port": b.base[strings.LastIndex(b.base, ":"):]}
	if c := b.cookie(); c != nil {
		private["cookie"] = c.Value
	}
	for what, private := range private {
		if strings.Contains(text, private) {
			b.t.Errorf("%s: the %s is to be seen", name, what)
		}
	}
	for _, v := range views {
		b.through(v)
		b.run("scrollTo(0, 0)")
		file := filepath.Join(c.dir, name+"-"+v.name+".png")
		picture := b.picture()
		if len(picture) > most {
			b.t.Errorf("%s has %d bytes, of %d at most", file, len(picture), most)
		}
		if err := os.WriteFile(file, picture, 0o644); err != nil {
			b.t.Fatal(err)
		}
		b.t.Logf("%s: %d KB", file, len(picture)/1000)
	}
}

// picture is what the window shows.
func (b *tab) picture() []byte {
	b.t.Helper()
	shot, err := chromedp.Call(b.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng})
	if err != nil {
		b.t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(shot.Data))
	if err != nil {
		b.t.Fatal(err)
	}
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, paletted(picture)); err != nil {
		b.t.Fatal(err)
	}
	return small.Bytes()
}

// paletted keeps the 256 colours that a picture has most of, which a page with a few
// of them and their shades does not miss the others of: a third of the size.
func paletted(picture image.Image) image.Image {
	bounds := picture.Bounds()
	count := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(picture.At(x, y)).(color.RGBA) }
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[at(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var palette color.Palette
	for _, c := range colours[:min(256, len(colours))] {
		palette = append(palette, c)
	}
	nearest := map[color.RGBA]uint8{}
	for c := range count {
		nearest[c] = uint8(palette.Index(c))
	}
	small := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			small.SetColorIndex(x, y, nearest[at(x, y)])
		}
	}
	return small
}
