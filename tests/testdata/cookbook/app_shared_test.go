package main

import (
	"bufio"
	"html/template"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

var news = make(chan string)

func subscribe(string) (<-chan string, func()) { return news, func() {} }

func checkPassword(name, password string) (user struct{ ID string }, ok bool) {
	user.ID = name
	return user, password == "right"
}

func localPath(next string) string { return next }

var view = template.Must(template.New("cart").Parse(`{{range .Flashes}}{{.Kind}}: {{.Text}} {{end}}{{range $item, $n := .Cart.Items}}{{$n}} {{$item}} {{end}}{{.User}}`))

// visitor is a browser.
type visitor struct {
	t      *testing.T
	base   string
	client http.Client
}

func newVisitor(t *testing.T, base string) visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t, base, http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (v visitor) open(method, path, fields string) *http.Response {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(fields))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { res.Body.Close() })
	return res
}

// sees looks at an answer: its status, and its body or, of a redirect, where it leads.
func (v visitor) sees(status int, want, method, path, fields string) {
	v.t.Helper()
	res := v.open(method, path, fields)
	body, err := io.ReadAll(res.Body)
	got := res.Header.Get("Location")
	if got == "" {
		got = strings.TrimSpace(string(body))
	}
	if err != nil || res.StatusCode != status || got != want {
		v.t.Errorf("%s %s: %d %q, %v", method, path, res.StatusCode, got, err)
	}
}

func TestApp(t *testing.T) {
	base := serve(t, sessiontest.NewManager(t))
	ada := newVisitor(t, base)
	ada.sees(200, "", "GET", "/cart", "")
	ada.sees(303, "/login?next=%2Faccount%3Fa%3D1", "GET", "/account?a=1", "")
	ada.sees(401, `{"error":"Unauthorized"}`, "GET", "/api/me", "")
	ada.sees(303, "/cart", "POST", "/cart", "item=tea")
	ada.sees(200, "success: tea is in the cart. 1 tea", "GET", "/cart", "")
	ada.sees(200, "1 tea", "GET", "/cart", "")
	ada.sees(303, "/login?again=yes", "POST", "/login", "user=ada&password=wrong")
	ada.sees(303, "/account?a=1", "POST", "/login", "user=ada&password=right&remember=yes&next=/account?a=1")
	ada.sees(200, `{"user":"ada"}`, "GET", "/api/me", "")
	ada.sees(200, "1 tea ada", "GET", "/account", "") // the cart stays at the login

	if res := newVisitor(t, base).open("GET", "/events", ""); res.StatusCode != 401 {
		t.Errorf("a stream for nobody: %s", res.Status)
	}
	stream := ada.open("GET", "/events", "")
	if stream.StatusCode != 200 || stream.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(stream.Status, stream.Header)
	}
	lines := bufio.NewScanner(stream.Body)
	await := func(want string) {
		for lines.Scan() {
			if lines.Text() == want {
				return
			}
		}
		t.Fatalf("no %q", want)
	}
	news <- "tea is cheap"
	await("data: tea is cheap")
	await(": still here")
	ada.sees(303, "/cart", "POST", "/logout", "")
	for lines.Scan() { // until the server ends it
	}
	ada.sees(401, `{"error":"Unauthorized"}`, "GET", "/api/me", "")
}
