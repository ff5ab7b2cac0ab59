package echosession_test

import (
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v5"

	echosession "github.com/gosessionkit/sessionkit/adapters/echov5"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// newEcho makes an app with the middleware given outside the session's.
func newEcho(t *testing.T, store driver.Store, outside ...echo.MiddlewareFunc) *echo.Echo {
	t.Helper()
	e := quietEcho()
	e.Use(outside...)
	if err := echosession.Install(e, newManager(t, store), nil); err != nil {
		t.Fatal(err)
	}
	e.GET("/value", value)
	return e
}

func quietEcho(router ...echo.RouterConfig) *echo.Echo {
	cfg := echo.Config{Logger: slog.New(slog.DiscardHandler)}
	for _, r := range router {
		cfg.Router = echo.NewRouter(r)
	}
	return echo.NewWithConfig(cfg)
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

func set(c *echo.Context, color string) error {
	s, err := echosession.Get(c)
	if err != nil {
		return err
	}
	return session.Set(s, "color", color)
}

func value(c *echo.Context) error {
	s, err := echosession.Get(c)
	if err != nil {
		return err
	}
	color, err := session.Get[string](s, "color")
	if err != nil {
		return err
	}
	return c.String(http.StatusOK, "color "+color)
}

// visitor is a browser on an app that is being served.
type visitor struct {
	t      *testing.T
	client *http.Client
	url    string
}

func visit(t *testing.T, e *echo.Echo) *visitor {
	t.Helper()
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	client := server.Client()
	client.Jar, _ = cookiejar.New(nil)
	return &visitor{t, client, server.URL}
}

// want fetches a page, zipped where the app does that; the body "" stands for
// any.
func (v *visitor) want(path string, status int, body string) *http.Response {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.url+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	var text io.Reader = res.Body
	if res.Header.Get("Content-Encoding") == "gzip" {
		if text, err = gzip.NewReader(res.Body); err != nil {
			v.t.Fatalf("GET %s: %v", path, err)
		}
	}
	got, err := io.ReadAll(text)
	if err != nil || res.StatusCode != status || body != "" && string(got) != body {
		v.t.Fatalf("GET %s: status %d, body %.200q, error %v; want %d, %.200q", path, res.StatusCode, got, err, status, body)
	}
	return res
}
