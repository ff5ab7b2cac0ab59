package debug

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Text can be read and lines can be seen, light and dark: WCAG 2.2, 1.4.3 (AA) and
// 1.4.11.
func TestContrast(t *testing.T) {
	t.Parallel()
	light, dark, _ := strings.Cut(style, "@media (prefers-color-scheme: dark)")
	dark, _, _ = strings.Cut(dark, "* {")
	const text, lines = 4.5, 3
	for name, css := range map[string]string{"light": light, "dark": dark} {
		colors := colorsOf(t, css)
		for _, c := range []struct {
			on, back string
			least    float64
		}{
			{"text", "back card code error-back warning-back info-back good-back", text},
			{"quiet", "back card error-back warning-back info-back good-back", text},
			{"link", "back card code error-back warning-back info-back good-back", text},
			{"card", "link", text}, // the page that one is on, in the navigation
			{"error", "card back error-back", text},
			{"warning", "card back warning-back", text},
			{"info", "card info-back", text},
			{"good", "card good-back", text},
			{"l0", "card", lines}, {"l1", "card", lines}, {"l2", "card", lines}, {"l3", "card", lines},
		} {
			for back := range strings.FieldsSeq(c.back) {
				if got := contrast(colors[c.on], colors[back]); !(got >= c.least) {
					t.Errorf("%s: --%s on --%s has a contrast of %.2f, %v wanted", name, c.on, back, got, c.least)
				}
			}
		}
	}
	if got := contrast(rgb{0, 0, 0}, rgb{1, 1, 1}); math.Abs(got-21) > 1e-9 {
		t.Errorf("black on white has %v", got)
	}
}

// No color comes from elsewhere than the variables that TestContrast looks at.
func TestColorsAreVariables(t *testing.T) {
	t.Parallel()
	_, rules, _ := strings.Cut(style, "* {")
	for _, color := range regexp.MustCompile(`#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(|opacity`).FindAllString(rules, -1) {
		t.Errorf("%s is no variable", color)
	}
	for _, name := range regexp.MustCompile(`var\(--([a-z0-9-]+)\)`).FindAllStringSubmatch(rules, -1) {
		if !strings.Contains(style, "--"+name[1]+":") {
			t.Errorf("there is no --%s", name[1])
		}
	}
}

type rgb [3]float64

func colorsOf(t *testing.T, css string) map[string]rgb {
	t.Helper()
	colors := map[string]rgb{}
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+): #([0-9a-f]+);`).FindAllStringSubmatch(css, -1) {
		hex := m[2]
		if len(hex) == 3 {
			hex = fmt.Sprintf("%c%c%c%c%c%c", hex[0], hex[0], hex[1], hex[1], hex[2], hex[2])
		}
		var c rgb
		for i := range c {
			n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			c[i] = float64(n) / 255
		}
		colors[m[1]] = c
	}
	if len(colors) < 15 {
		t.Fatalf("%d colors", len(colors))
	}
	return colors
}

// contrast is WCAG's ratio, from 1 to 21.
func contrast(a, b rgb) float64 {
	lighter, darker := max(a.luminance(), b.luminance()), min(a.luminance(), b.luminance())
	return (lighter + 0.05) / (darker + 0.05)
}

func (c rgb) luminance() float64 {
	linear := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}
