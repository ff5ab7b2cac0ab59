package device_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/device"
)

func TestName(t *testing.T) {
	t.Parallel()
	for userAgent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0":                                                           "Firefox on Windows",
		"Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0":                                                                     "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0":              "Edge on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15":                      "Safari on macOS",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1":    "Safari on iOS",
		"Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/132.0 Mobile/15E148 Safari/605.1.15":           "Firefox on iOS",
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36":                      "Chrome on Android",
		"Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36": "Samsung Browser on Android",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36":                             "Chrome on ChromeOS",
		"ShopApp/3.1 (iPhone; iOS 18.1)": "ShopApp on iOS",
		"okhttp/4.12.0":                  "okhttp",
		"curl/8.5.0":                     "curl",
		"":                               "",
		"<script>alert(1)</script>":      "",
		"\xff\xfe\x00":                   "",
	} {
		if got := device.Name(userAgent); got != want {
			t.Errorf("%q is %q, want %q", userAgent, got, want)
		}
	}
}

var allowed = regexp.MustCompile(`^[A-Za-z0-9 ._-]{0,84}$`)

func checkName(t *testing.T, userAgent string) {
	if name := device.Name(userAgent); !allowed.MatchString(name) {
		t.Errorf("%.80q... of %d bytes is %q", userAgent, len(userAgent), name)
	}
}

// Anybody may send anything, and as much as a server takes of headers.
func TestNameIsBounded(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"a", "ä", "\xff", "(", ";", "/", "A/1 ", "Android ", "<b>", "\n", "\x00"} {
		checkName(t, strings.Repeat(part, 1<<20/len(part)))
		checkName(t, "Mozilla/5.0 ("+strings.Repeat(part, 4096)+") Firefox/1")
		checkName(t, strings.Repeat(part, 300)+"/1 (X11; Linux)")
	}
}

func FuzzName(f *testing.F) {
	f.Add("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0")
	f.Add("ShopApp/3.1 (iPhone; iOS 18.1) äöü \xff")
	f.Fuzz(checkName)
}
