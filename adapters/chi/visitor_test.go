package chisession_test

import (
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"testing"

	chisession "github.com/gosessionkit/sessionkit/adapters/chi"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

func newManager(t *testing.T) *session.Manager {
	t.Helper()
	return newManagerOn(t, memstore.New(0))
}

func newManagerOn(t *testing.T, store driver.Store) *session.Manager {
	t.Helper()
	m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, store, session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func set(w http.ResponseWriter, r *http.Request) {
	s, err := chisession.Get(r)
	if err == nil {
		err = session.Set(s, "color", "red")
	}
	reply(w, "set", err)
}

func value(w http.ResponseWriter, r *http.Request) {
	var color string
	s, err := chisession.Get(r)
	if err == nil {
		color, err = session.Get[string](s, "color")
	}
	reply(w, "color "+color, err)
}

func login(w http.ResponseWriter, r *http.Request) {
	reply(w, "ada", auth.Login(r.Context(), "ada"))
}

func reply(w http.ResponseWriter, text string, err error) {
	if err != nil {
		http.Error(w, err.Error(), session.HTTPStatus(err))
		return
	}
	io.WriteString(w, text)
}

// visitor is a browser on a router that is being served.
type visitor struct {
	t      *testing.T
	client *http.Client
	url    string
}

func visit(t *testing.T, h http.Handler) *visitor {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	client := server.Client()
	client.Jar, _ = cookiejar.New(nil)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &visitor{t, client, server.URL}
}

func (v *visitor) get(path, encoding string) *http.Response {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.url+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", encoding)
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { res.Body.Close() })
	return res
}

// want fetches a page; the body "" stands for any.
func (v *visitor) want(path string, status int, body string) *http.Response {
	v.t.Helper()
	res := v.get(path, "identity")
	got, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != status || body != "" && string(got) != body {
		v.t.Fatalf("GET %s: status %d, body %.200q, error %v; want %d, %.200q", path, res.StatusCode, got, err, status, body)
	}
	return res
}

func unzip(t *testing.T, res *http.Response) string {
	t.Helper()
	var body io.Reader = res.Body
	if res.Header.Get("Content-Encoding") == "gzip" {
		zipped, err := gzip.NewReader(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		body = zipped
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
