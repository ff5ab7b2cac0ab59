//go:build unix

package examples_test

import (
	"net/http"
	"regexp"
	"strings"
)

var (
	firefox  = header{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"}
	safari   = header{"User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"}
	nameless = header{"User-Agent", ""}
	spoofed  = header{"X-Forwarded-For", "203.0.113.9"}
)

var deviceID = regexp.MustCompile(`name="id" value="([^"]+)"`)

// visitDevices logs a user in on three devices, who sees them and logs the others
// out, one of them by itself. No header of the client's own says where it is.
func visitDevices(here, there, third, stranger *visitor) {
	login := []string{"user", "hedy"}
	here.toPage(here.post("/login", login, firefox, spoofed))
	there.toPage(there.post("/login", login, safari))
	third.toPage(third.post("/login", login, nameless))

	devices := func(wants ...string) (others []string) {
		here.t.Helper()
		a := here.get("/", browser)
		here.status(a, http.StatusOK)
		for _, want := range append(wants, ">Firefox on Linux<", "this one", ">127.0.0.0/24<", "used <time") {
			if !strings.Contains(a.body, want) {
				here.t.Errorf("the page lacks %q:\n%s", want, a.body)
			}
		}
		if strings.Contains(a.body, "203.0.113") {
			here.t.Error("the page believes X-Forwarded-For")
		}
		for _, m := range deviceID.FindAllStringSubmatch(a.body, -1) {
			others = append(others, m[1])
		}
		return others
	}
	others := devices(">Safari on iOS<", ">A browser<")
	if len(others) != 2 {
		here.t.Fatalf("the page names %q", others)
	}

	stranger.toPage(stranger.post("/login", []string{"user", "mallory"}))
	for _, id := range others {
		stranger.toPage(stranger.post("/logout-device", []string{"id", id}))
	}
	if len(devices()) != 2 {
		here.t.Error("another user has ended a session")
	}

	here.toPage(here.post("/logout-device", []string{"id", others[0]}))
	if a, b := there.me(), third.me(); (a.User == nil) == (b.User == nil) {
		here.t.Errorf("after one of two was logged out they are %q and %q", a.user(), b.user())
	}
	here.toPage(here.post("/logout-others", nil, browser))
	if a, b := there.me(), third.me(); a.User != nil || b.User != nil {
		here.t.Errorf("after both were logged out they are %q and %q", a.user(), b.user())
	}
	if left := devices("One other device is logged out."); len(left) > 0 {
		here.t.Errorf("left: %q", left)
	}
	if m := here.me(); m.user() != "hedy" {
		here.t.Errorf("here is %q", m.user())
	}
	here.status(here.post("/logout-device", []string{"id", "junk"}), http.StatusBadRequest)
}
