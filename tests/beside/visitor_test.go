package beside

import (
	"compress/flate"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strconv"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
)

// host is what visitors call the app.
const host = "app.example"

// visitor is a browser.
type visitor struct {
	*site
	client *http.Client
	token  string // against forgery, as an answer gave it
}

func (s *site) visitor() *visitor {
	transport := &http.Transport{DisableCompression: true}
	if s.connect != nil {
		s.connect(transport)
	}
	s.Cleanup(transport.CloseIdleConnections)
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.Fatal(err)
	}
	return &visitor{site: s, client: &http.Client{
		Transport:     transport,
		Jar:           jar,
		Timeout:       time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a response that was read to its end. A broken connection has the
// status 0.
type answer struct {
	status int
	header http.Header
	body   string
}

// refused reports whether the visitor is told that the app did not do what was
// asked. The teapot is the app's own.
func (a answer) refused() bool {
	return a.status == 0 || a.status >= http.StatusBadRequest && a.status != http.StatusTeapot || a.redirects()
}

func (a answer) String() string {
	if a.status == 0 {
		return "a broken connection"
	}
	return strconv.Itoa(a.status)
}

// visited is a header of all answers that handlers give.
const visited = "X-Visited"

// redirects reports whether the answer is a redirect, and not by a handler.
func (a answer) redirects() bool {
	return a.status/100 == 3 && a.status != http.StatusNotModified && a.header.Get(visited) == ""
}

// ask sends a request with headers, a name and a value each.
func (v *visitor) ask(method, path string, headers ...string) answer {
	v.Helper()
	req, err := http.NewRequestWithContext(v.Context(), method, v.url+path, nil)
	if err != nil {
		v.Fatal(err)
	}
	return v.send(req, headers...)
}

func (v *visitor) get(path string) answer { v.Helper(); return v.ask(http.MethodGet, path) }

// send follows a redirect within the app that is not a handler's.
func (v *visitor) send(req *http.Request, headers ...string) answer {
	v.Helper()
	a := v.once(req, headers...)
	to := a.header.Get("Location")
	if !a.redirects() || to == "" || req.Method == http.MethodPost {
		return a
	}
	if _, path, ok := strings.Cut(to, host); ok {
		to = path
	}
	again, err := http.NewRequestWithContext(v.Context(), req.Method, strings.TrimSuffix(v.url, v.prefix)+to, nil)
	if err != nil {
		v.Fatal(err)
	}
	return v.once(again, headers...)
}

func (v *visitor) once(req *http.Request, headers ...string) answer {
	v.Helper()
	v.dress(req)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := v.client.Do(req)
	if err != nil {
		return answer{}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(decoded(res))
	if err != nil && req.Method != http.MethodHead {
		return answer{header: res.Header}
	}
	a := answer{res.StatusCode, res.Header, string(body)}
	v.look(req, a)
	return a
}

// dress puts on what the app's other middleware asks for.
func (v *visitor) dress(req *http.Request) {
	req.Host = host
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if v.token != "" {
		req.Header.Set("X-Csrf-Token", v.token)
	}
	if v.visit != nil {
		v.visit(req)
	}
}

func decoded(res *http.Response) io.Reader {
	switch res.Header.Get("Content-Encoding") {
	case "gzip":
		if r, err := gzip.NewReader(res.Body); err == nil {
			return r
		}
	case "deflate":
		return flate.NewReader(res.Body)
	case "br":
		return brotli.NewReader(res.Body)
	}
	return res.Body
}

// look fails when the answer gives away what is another visitor's, or lets caches
// do so.
func (v *visitor) look(req *http.Request, a answer) {
	v.Helper()
	if token := a.header.Get("X-Csrf-Token"); token != "" {
		v.token = token
	}
	control := strings.Join(a.header.Values("Cache-Control"), ",")
	for _, line := range a.header.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			v.Fatalf("%s: %v", req.URL.Path, err)
			continue
		}
		if c.Name != "session" || c.Value == "" {
			continue
		}
		v.mu.Lock()
		owner := v.given[c.Value]
		v.given[c.Value] = v
		v.mu.Unlock()
		if owner != nil && owner != v {
			v.Fatalf("LEAK: %s sets the cookie of another visitor", req.URL.Path)
		}
		if !strings.Contains(control, "no-store") {
			v.Fatalf("LEAK: %s sets the cookie, and caches may keep it: %v", req.URL.Path, a.header)
		}
	}
	if a.header.Get(visited) == "" || a.body == "" || a.refused() || strings.Contains(control, "no-store") ||
		strings.Contains(strings.Join(a.header.Values("Vary"), ","), "Cookie") {
		return
	}
	if a.status >= http.StatusBadRequest {
		v.refuses("an error page without Vary: Cookie")
		return
	}
	v.Fatalf("LEAK: %s lets caches keep a personal page: %v", req.URL.Path, a.header)
}

// identity is what the app knows of a visitor.
type identity struct {
	name   string
	visits int
	user   string
}

// who asks the app.
func (v *visitor) who() (id identity) {
	v.Helper()
	a := v.get("/who")
	if a.status != http.StatusOK {
		v.Fatalf("/who: status %d, body %.200q", a.status, a.body)
		return id
	}
	fields := strings.Split(a.body, " ")
	if len(fields) != 3 {
		v.Fatalf("/who: %.200q", a.body)
		return id
	}
	id.name, id.user = fields[0], fields[2]
	fmt.Sscan(fields[1], &id.visits)
	return id
}
