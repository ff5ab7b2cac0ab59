//go:build unix

package examples_test

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

func testRoutes(t *testing.T, program string, workers int) {
	p := start(t, program, "--workers", strconv.Itoa(workers))
	tests := []struct {
		name string
		run  func(v *visitor)
	}{
		{"plain", visitPlain},
		{"a visitor without a session", visitNew},
		{"login and logout", visitLogin},
		{"logout everywhere", func(v *visitor) { visitEverywhere(v, newVisitor(v.t, p)) }},
		{"devices", func(v *visitor) { visitDevices(v, newVisitor(v.t, p), newVisitor(v.t, p), newVisitor(v.t, p)) }},
		{"count", visitCount},
		{"items", visitItems},
		{"mistakes", visitMistakes},
		{"slow items", visitSlowItems},
		{"stream", visitStream},
		{"page", visitPage},
		{"another site", visitFromElsewhere},
		{"the cookie is good on all workers", func(v *visitor) { visitAll(v, workers) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(newVisitor(t, p)) })
	}
}

func visitPlain(v *visitor) {
	a := v.get("/plain")
	v.status(a, http.StatusOK)
	if a.body != "ok" || len(a.Header["Set-Cookie"])+len(a.Header["Vary"]) > 0 {
		v.t.Errorf("got %q with %v, want ok and no trace of a session", a.body, a.Header)
	}
}

func visitNew(v *visitor) {
	a := v.get("/me")
	v.status(a, http.StatusOK)
	if !strings.Contains(a.body, `"user":null,"values":{}`) {
		v.t.Errorf("/me: %s", a.body)
	}
	v.get("/", browser)
	if cookies := v.client.Jar.Cookies(a.Request.URL); len(cookies) > 0 {
		v.t.Errorf("reading set %v", cookies)
	}
	v.status(v.get("/private"), http.StatusUnauthorized)
	v.toPage(v.get("/private", browser))
	v.toPage(v.post("/logout", nil))
	v.toPage(v.post("/logout-everywhere", nil))
	for _, path := range []string{"/logout-others", "/logout-device"} {
		v.toPage(v.post(path, nil, browser))
		v.status(v.post(path, nil), http.StatusUnauthorized)
	}
}

func visitLogin(v *visitor) {
	v.status(v.post("/items", []string{"key", "cart", "value", "tea"}), http.StatusNoContent)
	v.toPage(v.post("/login", []string{"user", "ada"}))
	m := v.me()
	if m.user() != "ada" || m.PID == 0 || m.Values["cart"] != "tea" {
		v.t.Errorf("after the login: %q in process %d with %v", m.user(), m.PID, m.Values)
	}
	private := v.get("/private")
	v.status(private, http.StatusOK)
	if !strings.Contains(private.body, "ada") {
		v.t.Errorf("/private: %q", private.body)
	}
	v.toPage(v.post("/logout", nil))
	if m := v.me(); m.User != nil || len(m.Values) > 0 {
		v.t.Errorf("after the logout: %q with %v", m.user(), m.Values)
	}
}

func visitEverywhere(here, there *visitor) {
	for _, v := range []*visitor{here, there} {
		v.toPage(v.post("/login", []string{"user", "grace"}))
	}
	here.toPage(here.post("/logout-everywhere", nil))
	if a, b := here.me(), there.me(); a.User != nil || b.User != nil {
		here.t.Errorf("after the logout: %q here, %q there", a.user(), b.user())
	}
}

func visitCount(v *visitor) {
	const presses = 30
	v.count() // begins the session
	counts := make([]int, presses)
	var all sync.WaitGroup
	for i := range counts {
		all.Go(func() {
			var err error
			if counts[i], err = v.press(); err != nil {
				v.t.Error(err)
			}
		})
	}
	all.Wait()
	slices.Sort(counts)
	for i, n := range counts {
		if n != i+2 {
			v.t.Fatalf("%d presses gave %v", presses, counts)
		}
	}
	v.toPage(v.post("/count", nil, browser))
	if m := v.me(); m.Values["count"] != float64(presses+2) {
		v.t.Errorf("the counter is at %v", m.Values["count"])
	}
}

func visitItems(v *visitor) {
	const key, value = "a b/c&d%", `<i>"ä"</i>`
	v.status(v.post("/items", []string{"key", key, "value", value}), http.StatusNoContent)
	a := v.get("/items/a%20b%2Fc%26d%25")
	v.status(a, http.StatusOK)
	if a.body != value {
		v.t.Errorf("got %q, want %q", a.body, value)
	}
	v.count()
	if a := v.get("/items/count"); a.body != "1" {
		v.t.Errorf("/items/count: %q", a.body)
	}
	if m, want := v.me(), map[string]any{key: value, "count": 1.0}; !reflect.DeepEqual(m.Values, want) {
		v.t.Errorf("values: %v, want %v", m.Values, want)
	}
	v.status(v.get("/items/nothing"), http.StatusNotFound)
}

func visitMistakes(v *visitor) {
	tests := []struct {
		path   string
		fields []string
		text   string // in the answer
	}{
		{"/login", []string{"user", ""}, "user"},
		{"/login", nil, "user"},
		{"/items", []string{"value", "x"}, "empty"},
		{"/items", []string{"key", "_x"}, "may not begin with"},
		{"/items", []string{"key", "count"}, "taken"},
		{"/items", []string{"key", strings.Repeat("k", 300)}, "256"},
		{"/slow-items?ms=soon", []string{"key", "a"}, "ms"},
		{"/slow-items?ms=-1", []string{"key", "a"}, "ms"},
		{"/slow-items?ms=10001", []string{"key", "a"}, "10000"},
		{"/slow-items?ms=0", []string{"key", ""}, "empty"},
	}
	for _, test := range tests {
		a := v.post(test.path, test.fields)
		v.status(a, http.StatusBadRequest)
		if !strings.Contains(a.body, test.text) {
			v.t.Errorf("%s %v: %q does not mention %q", test.path, test.fields, a.body, test.text)
		}
	}
}

// visitSlowItems changes a session while a slow request has it open.
func visitSlowItems(v *visitor) {
	v.count()
	var slow sync.WaitGroup
	slow.Go(func() {
		form := url.Values{"key": {"slow"}, "value": {"yes"}}
		if a, err := v.try("POST", "/slow-items?ms=400", form, nil); err != nil || a.StatusCode != http.StatusNoContent {
			v.t.Errorf("%+v, %v", a, err)
		}
	})
	for range 10 {
		v.count()
	}
	slow.Wait()
	if m, want := v.me(), map[string]any{"slow": "yes", "count": 11.0}; !reflect.DeepEqual(m.Values, want) {
		v.t.Errorf("values: %v, want %v", m.Values, want)
	}
}

func visitStream(v *visitor) {
	for range 2 { // without a session, then with one
		a := v.get("/stream")
		v.status(a, http.StatusOK)
		if a.body != "first\nsecond\n" {
			v.t.Errorf("/stream: %q", a.body)
		}
		v.waitForLate()
	}
}

// waitForLate: the client may see the end of a stream before what was set in
// it is saved.
func (v *visitor) waitForLate() {
	v.t.Helper()
	if !poll(func() bool { return v.me().Values["late"] == 1.0 }) {
		v.t.Fatal("what the stream set is not there")
	}
}

func visitPage(v *visitor) {
	v.toPage(v.post("/login", []string{"user", "<b>ada</b>"}, browser))
	v.toPage(v.post("/items", []string{"key", "colour", "value", "<i>blue</i>"}, browser))
	v.count()
	a := v.get("/", browser)
	v.status(a, http.StatusOK)
	for _, want := range []string{"&lt;b&gt;ada&lt;/b&gt;", "&lt;i&gt;blue&lt;/i&gt;", ">loaded<", "Saved under colour", "file ", `id="count">1<`} {
		if !strings.Contains(a.body, want) {
			v.t.Errorf("the page lacks %q:\n%s", want, a.body)
		}
	}
	if again := v.get("/", browser); strings.Contains(again.body, "Saved under") {
		v.t.Error("the message is shown twice")
	}
}

func visitFromElsewhere(v *visitor) {
	login := []string{"user", "mallory"}
	for _, h := range []header{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "http://elsewhere.example"}} {
		v.status(v.post("/login", login, h), http.StatusForbidden)
	}
	for _, h := range []header{{"Sec-Fetch-Site", "same-origin"}, {"Origin", v.url}} {
		v.toPage(v.post("/login", login, h))
	}
}

// visitAll visits until every worker has answered: none gives out a cookie of
// its own in place of another's.
func visitAll(v *visitor, workers int) {
	v.toPage(v.post("/login", []string{"user", "ada"}))
	seen := map[int]bool{}
	all := poll(func() bool {
		a, m := v.get("/me"), me{}
		v.decode(a, &m)
		if m.user() != "ada" || a.Header.Get("Set-Cookie") != "" {
			v.t.Fatalf("process %d: user %q, cookie %q", m.PID, m.user(), a.Header.Get("Set-Cookie"))
		}
		seen[m.PID] = true
		return len(seen) == workers
	})
	if !all {
		v.t.Fatalf("answers of %d workers, want %d", len(seen), workers)
	}
}
