package adaptertest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// patience is how long a case waits for what should happen at once.
var patience = time.Minute

// browser visits a site as one person would: it keeps cookies, and shows
// redirects instead of following them.
type browser struct {
	site   *site
	client *http.Client
}

// browser opens a fresh one.
func (s *site) browser() *browser {
	s.t.Helper()
	s.serve()
	transport := &http.Transport{DisableCompression: true}
	if s.tls != nil {
		_, transport.TLSClientConfig = certificate()
	}
	s.t.Cleanup(transport.CloseIdleConnections)
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{site: s, client: &http.Client{
		Transport:     transport,
		Jar:           jar,
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// visit makes one request that carries exactly these Cookie lines, without
// keeping anything.
func (s *site) visit(path string, cookieLines ...string) *answer {
	s.t.Helper()
	return s.browser().stranger().get(path, func(r *http.Request) { r.Header["Cookie"] = cookieLines })
}

// get fetches path. The functions change the request first.
func (b *browser) get(path string, change ...func(*http.Request)) *answer {
	b.site.t.Helper()
	a, err := b.try(path, change...)
	if err != nil {
		b.site.t.Fatalf("GET %s: %v", path, err)
	}
	return a
}

// try is get for goroutines, and for requests that may fail.
func (b *browser) try(path string, change ...func(*http.Request)) (*answer, error) {
	res, err := b.open(path, change...)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	return &answer{b.site.t, path, res.StatusCode, res.Header, string(body)}, nil
}

// open leaves the body to be read.
func (b *browser) open(path string, change ...func(*http.Request)) (*http.Response, error) {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, b.site.url+path, nil)
	if err != nil {
		return nil, err
	}
	for _, f := range change {
		f(r)
	}
	return b.client.Do(r)
}

// expect is a visit that answers 200 with the body.
func (b *browser) expect(path, body string) error {
	a, err := b.try(path)
	if err == nil && (a.status != http.StatusOK || a.body != body) {
		err = fmt.Errorf("GET %s: status %d, body %.200q, want %.200q", path, a.status, a.body, body)
	}
	return err
}

// id is the browser's session in the store.
func (b *browser) id() session.ID {
	b.site.t.Helper()
	text := b.get("/id").wantStatus(http.StatusOK).body
	b.site.store.took()
	id, err := driver.ParseID(text)
	if err != nil {
		b.site.t.Fatal(err)
	}
	return id
}

// stranger is somebody without cookies on the same connections.
func (b *browser) stranger() *browser {
	client := *b.client
	client.Jar = nil
	return &browser{b.site, &client}
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// cookie gives what the browser would send, as a Cookie line: "" for nothing.
func (b *browser) cookie() string {
	b.site.t.Helper()
	u, err := url.Parse(b.site.url)
	if err != nil {
		b.site.t.Fatal(err)
	}
	var pairs []string
	for _, c := range b.client.Jar.Cookies(u) {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return strings.Join(pairs, "; ")
}

// answer is a response that was read to its end.
type answer struct {
	t      testing.TB
	path   string
	status int
	header http.Header
	body   string
}

// want fails unless status and body are these.
func (a *answer) want(status int, body string) *answer {
	a.t.Helper()
	if a.wantStatus(status); a.body != body {
		a.t.Fatalf("GET %s: the body is %.200q, want %.200q", a.path, a.body, body)
	}
	return a
}

func (a *answer) wantStatus(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("GET %s: status %d, want %d; the body is %.200q", a.path, a.status, status, a.body)
	}
	return a
}

// wantHeader fails unless the header has exactly this value; "" means that it
// is not there.
func (a *answer) wantHeader(name, value string) *answer {
	a.t.Helper()
	if got := strings.Join(a.header.Values(name), ", "); got != value {
		a.t.Fatalf("GET %s: the header %s is %q, want %q", a.path, name, got, value)
	}
	return a
}

// lookCookie returns the cookie of the name that the answer sets, nil when it
// sets none. Two are a failure.
func (a *answer) lookCookie(name string) *http.Cookie {
	a.t.Helper()
	var found *http.Cookie
	for _, line := range a.header.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			a.t.Fatalf("GET %s: cannot read Set-Cookie: %q: %v", a.path, line, err)
		}
		if c.Name != name {
			continue
		}
		if found != nil {
			a.t.Fatalf("GET %s: the answer sets cookie %q twice: %q", a.path, name, a.header.Values("Set-Cookie"))
		}
		found = c
	}
	return found
}

// wantCookie returns the session cookie, which must be there and not one that
// deletes.
func (a *answer) wantCookie() *http.Cookie {
	a.t.Helper()
	c := a.lookCookie("session")
	if c == nil || c.Value == "" || c.MaxAge < 0 {
		a.t.Fatalf("GET %s: want a session cookie, got Set-Cookie: %q", a.path, a.header.Values("Set-Cookie"))
	}
	return c
}

// wantRemoval returns the cookie that makes the browser forget the session.
func (a *answer) wantRemoval() *http.Cookie {
	a.t.Helper()
	c := a.lookCookie("session")
	if c == nil || c.Value != "" || c.MaxAge >= 0 || !c.Expires.Before(time.Now()) {
		a.t.Fatalf("GET %s: want the session cookie to be removed, got Set-Cookie: %q", a.path, a.header.Values("Set-Cookie"))
	}
	return c
}

func (a *answer) wantNoCookie() *answer {
	a.t.Helper()
	if c := a.lookCookie("session"); c != nil {
		a.t.Fatalf("GET %s: want no session cookie, got %q", a.path, c)
	}
	return a
}

// together runs do n times at once and fails with what went wrong.
func (s *site) together(n int, do func(i int) error) {
	s.t.Helper()
	failures := make(chan error, n)
	for i := range n {
		go func() {
			err := do(i)
			if err != nil {
				err = fmt.Errorf("number %d of %d at once: %w", i, n, err)
			}
			failures <- err
		}()
	}
	for range n {
		if err := <-failures; err != nil {
			s.t.Error(err)
		}
	}
	if s.t.Failed() {
		s.t.FailNow()
	}
}
