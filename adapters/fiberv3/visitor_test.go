package fibersession_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"

	"github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/adapters/fiberv3/fibersessiontest"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// newApp makes an app with the middleware given outside the session's.
func newApp(t *testing.T, store driver.Store, cfg fiber.Config, outside ...any) *fiber.App {
	t.Helper()
	app := fiber.New(cfg)
	for _, h := range outside {
		app.Use(h)
	}
	if err := fibersession.Install(app, newManager(t, store, io.Discard), nil); err != nil {
		t.Fatal(err)
	}
	app.Get("/value", value)
	return app
}

func newManager(t *testing.T, store driver.Store, log io.Writer) *session.Manager {
	t.Helper()
	return manage(t, config.Config{Mode: config.Test}, store, log)
}

func manage(t *testing.T, cfg config.Config, store driver.Store, log io.Writer) *session.Manager {
	t.Helper()
	m, err := session.NewManager(t.Context(), cfg, store, session.WithLogger(slog.New(slog.NewTextHandler(log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func set(c fiber.Ctx, color string) error {
	s, err := fibersession.Get(c)
	if err != nil {
		return err
	}
	return session.Set(s, "color", color)
}

func value(c fiber.Ctx) error {
	s, err := fibersession.Get(c)
	if err != nil {
		return err
	}
	color, err := session.Get[string](s, "color")
	if err != nil {
		return err
	}
	return c.SendString("color " + color)
}

// visitor is a browser on an app that is being served.
type visitor struct {
	t      *testing.T
	client *http.Client
	url    string
}

func visit(t *testing.T, app *fiber.App) *visitor {
	t.Helper()
	url := fibersessiontest.Listen(t, adaptertest.App{}, app)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &visitor{t, &http.Client{Transport: transport, Jar: newJar(t), Timeout: time.Minute}, url}
}

func newJar(t *testing.T) http.CookieJar {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return jar
}

// want fetches a page; the body "" stands for any.
func (v *visitor) want(path string, status int, body string) *http.Response {
	v.t.Helper()
	res, err := v.client.Get(v.url + path)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != status || body != "" && string(got) != body {
		v.t.Fatalf("GET %s: status %d, body %.200q, error %v; want %d, %.200q", path, res.StatusCode, got, err, status, body)
	}
	return res
}

// logbook keeps what is logged.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
