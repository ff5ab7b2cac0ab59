package trial

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// Browser keeps cookies, follows no redirect, and opens a new connection for
// every request, so that any worker may answer.
type Browser struct {
	t      testing.TB
	Base   string
	client http.Client
	header http.Header // sent with every request
}

// NewBrowser returns one with an empty jar.
func (a *App) NewBrowser() *Browser { return NewBrowser(a.t, a.URL) }

// NewBrowser returns one with an empty jar for the app at base.
func NewBrowser(t testing.TB, base string) *Browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{t: t, Base: base, client: http.Client{
		Jar:           jar,
		Timeout:       patience,
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Clone returns a browser with the same cookies now and its own later.
func (b *Browser) Clone(base string) *Browser {
	c := NewBrowser(b.t, base)
	to, _ := url.Parse(base)
	c.client.Jar.SetCookies(to, b.cookies())
	return c
}

func (b *Browser) cookies() []*http.Cookie {
	u, _ := url.Parse(b.Base)
	return b.client.Jar.Cookies(u)
}

// Cookie is the session cookie's value, "" for none.
func (b *Browser) Cookie() string {
	for _, c := range b.cookies() {
		if c.Name == "session" || c.Name == "__Host-session" {
			return c.Value
		}
	}
	return ""
}

// With has the browser send a header with every request, "Host" included.
func (b *Browser) With(name, value string) *Browser {
	if b.header == nil {
		b.header = http.Header{}
	}
	b.header.Set(name, value)
	return b
}

// Open begins a request and returns the body, to be read as it arrives.
func (b *Browser) Open(path string) io.ReadCloser {
	b.t.Helper()
	res, err := b.client.Get(b.Base + path)
	if err != nil || res.StatusCode != http.StatusOK {
		b.t.Fatalf("GET %s: %v, %v", path, res, err)
	}
	return res.Body
}

// Answer is a response, read to its end.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Try makes a request; form is key, value, key, value. The error is the
// connection's.
func (b *Browser) Try(method, path string, form ...string) (Answer, error) {
	var body io.Reader
	if len(form) > 0 {
		values := url.Values{}
		for i := 0; i+1 < len(form); i += 2 {
			values.Set(form[i], form[i+1])
		}
		body = strings.NewReader(values.Encode())
	}
	req, err := http.NewRequest(method, b.Base+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	maps.Copy(req.Header, b.header)
	req.Host = cmp.Or(b.header.Get("Host"), req.Host)
	res, err := b.client.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return Answer{res.StatusCode, res.Header, string(text)}, err
}

// Do is Try for a request that must be answered with the status.
func (b *Browser) Do(status int, method, path string, form ...string) Answer {
	b.t.Helper()
	a, err := b.Try(method, path, form...)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	if a.Status != status {
		b.t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.Status, status, a.Body)
	}
	return a
}

// Me is what GET /me answers.
type Me struct {
	PID    int            `json:"pid"`
	User   *string        `json:"user"`
	Values map[string]any `json:"values"`
}

// Name is who is logged in, "" for nobody.
func (m Me) Name() string {
	if m.User == nil {
		return ""
	}
	return *m.User
}

// Me asks who is logged in.
func (b *Browser) Me() (me Me) {
	b.t.Helper()
	decode(b.t, b.Do(http.StatusOK, "GET", "/me").Body, &me)
	return me
}

// Login logs in.
func (b *Browser) Login(user string) {
	b.t.Helper()
	b.Do(http.StatusSeeOther, "POST", "/login", "user", user)
}

// Count adds one. It may fail, as a worker may be killed meanwhile.
func (b *Browser) Count() (count int, err error) {
	a, err := b.Try("POST", "/count")
	if err != nil {
		return 0, err
	}
	if a.Status != http.StatusOK {
		return 0, fmt.Errorf("status %d: %s", a.Status, a.Body)
	}
	var answer struct{ Count int }
	return answer.Count, json.Unmarshal([]byte(a.Body), &answer)
}

func decode(t testing.TB, text string, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
}
