package ginsession_test

import (
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// newGin makes an app with the middleware given outside the session's.
func newGin(t *testing.T, store driver.Store, outside ...gin.HandlerFunc) *gin.Engine {
	t.Helper()
	e := gin.New()
	e.Use(outside...)
	if err := ginsession.Install(e, newManager(t, store), nil); err != nil {
		t.Fatal(err)
	}
	e.GET("/value", value)
	return e
}

func newManager(t *testing.T, store driver.Store) *session.Manager {
	t.Helper()
	m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, store, session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func set(c *gin.Context, color string) error {
	s, err := ginsession.Get(c)
	if err != nil {
		return err
	}
	return session.Set(s, "color", color)
}

// setRed is a handler for the front of a chain.
var setRed = ginsession.Handler(func(c *gin.Context) error { return set(c, "red") })

var value = ginsession.Handler(func(c *gin.Context) error {
	s, err := ginsession.Get(c)
	if err != nil {
		return err
	}
	color, err := session.Get[string](s, "color")
	if err != nil {
		return err
	}
	c.String(http.StatusOK, "color %s", color)
	return nil
})

// visitor is a browser on an app that is being served.
type visitor struct {
	t      *testing.T
	client *http.Client
	url    string
}

func visit(t *testing.T, h http.Handler) *visitor {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	t.Cleanup(server.Close)
	client := server.Client()
	client.Jar, _ = cookiejar.New(nil)
	return &visitor{t, client, server.URL}
}

// want fetches a page, zipped where the app does that; the body "" stands for
// any.
func (v *visitor) want(path string, status int, body string) *http.Response {
	v.t.Helper()
	res, got, err := v.try(path)
	if err != nil {
		v.t.Fatalf("GET %s: %v", path, err)
	}
	if res.StatusCode != status || body != "" && got != body {
		v.t.Fatalf("GET %s: status %d, body %.200q; want %d, %.200q", path, res.StatusCode, got, status, body)
	}
	return res
}

// try fetches a page once.
func (v *visitor) try(path string) (*http.Response, string, error) {
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.url+path, nil)
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := v.client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	var text io.Reader = res.Body
	if res.Header.Get("Content-Encoding") == "gzip" {
		if text, err = gzip.NewReader(res.Body); err != nil {
			return nil, "", err
		}
	}
	got, err := io.ReadAll(text)
	return res, string(got), err
}
