//go:build unix

package examples_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// visitor is a client with cookies. Each of its requests makes a connection,
// so that any worker may answer it.
type visitor struct {
	t      *testing.T
	url    string
	client *http.Client
}

func newVisitor(t *testing.T, p *process) *visitor {
	jar, _ := cookiejar.New(nil) // never fails
	return &visitor{t, p.url, &http.Client{
		Jar:       jar,
		Timeout:   patience,
		Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}}
}

// answer is a response that was read to its end.
type answer struct {
	*http.Response
	body string
}

// header is one of a request's.
type header struct{ name, value string }

// browser is what a browser says it wants when it loads a page.
var browser = header{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}

func (v *visitor) get(path string, headers ...header) answer {
	v.t.Helper()
	return v.do("GET", path, nil, headers)
}

// post sends a form whose fields are given as name, value, name, value.
func (v *visitor) post(path string, fields []string, headers ...header) answer {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return v.do("POST", path, form, headers)
}

func (v *visitor) do(method, path string, form url.Values, headers []header) answer {
	v.t.Helper()
	a, err := v.try(method, path, form, headers)
	if err != nil {
		v.t.Fatal(err)
	}
	return a
}

// try is do for goroutines, which must not end the test.
func (v *visitor) try(method, path string, form url.Values, headers []header) (answer, error) {
	r, err := http.NewRequest(method, v.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range headers {
		r.Header.Set(h.name, h.value)
	}
	res, err := v.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{res, string(body)}, err
}

// me is what /me says.
type me struct {
	PID    int
	User   *string
	Values map[string]any
}

func (v *visitor) me() (m me) {
	v.t.Helper()
	v.decode(v.get("/me"), &m)
	return m
}

func (m me) user() string {
	if m.User == nil {
		return ""
	}
	return *m.User
}

// count presses the counter and returns what it is at.
func (v *visitor) count() int {
	v.t.Helper()
	n, err := v.press()
	if err != nil {
		v.t.Fatal(err)
	}
	return n
}

// press is count for goroutines.
func (v *visitor) press() (int, error) {
	a, err := v.try("POST", "/count", nil, nil)
	if err != nil {
		return 0, err
	}
	var c struct{ PID, Count int }
	if err := json.Unmarshal([]byte(a.body), &c); err != nil || c.PID == 0 {
		return 0, fmt.Errorf("status %d, process %d, %q: %v", a.StatusCode, c.PID, a.body, err)
	}
	return c.Count, nil
}

func (v *visitor) decode(a answer, into any) {
	v.t.Helper()
	v.status(a, http.StatusOK)
	if err := json.Unmarshal([]byte(a.body), into); err != nil {
		v.t.Fatalf("%s: %v", a.body, err)
	}
}

func (v *visitor) status(a answer, want int) {
	v.t.Helper()
	if a.StatusCode != want {
		v.t.Fatalf("%s %s: status %d, want %d: %s", a.Request.Method, a.Request.URL.Path, a.StatusCode, want, a.body)
	}
}

// toPage wants the answer to lead to the page.
func (v *visitor) toPage(a answer) {
	v.t.Helper()
	v.status(a, http.StatusSeeOther)
	if location := a.Header.Get("Location"); location != "/" {
		v.t.Errorf("Location: %q, want %q", location, "/")
	}
}
