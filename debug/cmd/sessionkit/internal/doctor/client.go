package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// client makes requests to the app, each over a connection of its own, so that
// any worker may answer. It follows no redirect and keeps no cookie.
type client struct {
	base  *url.URL
	http  *http.Client
	token string // "" for none
	extra http.Header
	carrier
}

func newClient(base *url.URL, token string, timeout time.Duration) *client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true
	transport.Protocols = new(http.Protocols) // of HTTP/2 all requests would share a connection
	transport.Protocols.SetHTTP1(true)
	transport.TLSClientConfig = nil // that of the clone offers HTTP/2 to the server all the same
	return &client{base: base, token: token, extra: http.Header{}, http: &http.Client{
		Transport:     transport,
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// hurry has the client wait no longer than a busy app may need.
func (c *client) hurry() { c.http.Timeout = min(c.http.Timeout, 3*time.Second) }

// answer is a response, read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
	took   time.Duration
	err    error // of the connection; the rest is zero then
}

// maxBody is the most of an answer that is read.
const maxBody = 4 << 20

// do makes a request. cookies is the header of that name, or the token that is in
// its place, "" for none.
func (c *client) do(ctx context.Context, method, path, cookies string) answer {
	target := strings.TrimSuffix(c.base.String(), "/") + path
	req, err := http.NewRequestWithContext(ctx, method, target, nil)
	if err != nil {
		return answer{err: err}
	}
	maps.Copy(req.Header, c.extra)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "sessionkit-doctor")
	c.present(req, c.token, cookies)
	begin := time.Now()
	res, err := c.http.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil {
		return answer{err: err}
	}
	return answer{status: res.StatusCode, header: res.Header, body: body, took: time.Since(begin)}
}

// decode reads a report. ok is false for what is none.
func decode[T any](a answer) (report T, ok bool) {
	if a.err != nil || len(a.body) == 0 || a.body[0] != '{' {
		return report, false
	}
	return report, json.Unmarshal(a.body, &report) == nil
}

// why is what the error of a connection says, without the method and the URL.
func why(err error) string {
	if u, ok := err.(*url.Error); ok {
		err = u.Err
	}
	return strings.TrimPrefix(err.Error(), "net/http: ")
}

func times(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
