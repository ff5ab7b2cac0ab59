package session_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/extractors"

	"github.com/gosessionkit/sessionkit/adapters/fiberv3/compat"
	"github.com/gosessionkit/sessionkit/core/config"
)

// A page that changes nothing sets no cookie, so that a cache may keep it.
func TestNoCookieWithoutNeed(t *testing.T) {
	t.Parallel()
	w := workers(t, 1, session.Config{}, config.Config{Store: config.StoreMemory})[0]
	b := &browser{t: t}
	b.visit(w, func(*session.Middleware) {})
	if b.cookie != "" {
		t.Error("a session that holds nothing has a cookie")
	}
	b.put(w, "color", "red")
	cookie := b.cookie
	app := fiber.New()
	app.Use(w.handler)
	app.Get("/", func(c fiber.Ctx) error {
		return c.SendString(fmt.Sprint(session.FromContext(c.Context()).Get("color")))
	})
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", "session_id="+cookie)
	res, err := app.Test(r, fiber.TestConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if body, _ := io.ReadAll(res.Body); string(body) != "red" || len(res.Cookies()) != 0 || res.Header.Get("Cache-Control") != "" {
		t.Errorf("%s %v", body, res.Header)
	}
}

// Where the middleware stands twice each saves, and both show one session.
func TestTwice(t *testing.T) {
	t.Parallel()
	w := workers(t, 1, session.Config{}, config.Config{Store: config.StoreMemory})[0]
	app := fiber.New()
	app.Use(w.handler, func(c fiber.Ctx) error {
		err := c.Next()
		session.FromContext(c).Set("outer", true)
		return err
	}, w.handler)
	var kept *session.Middleware
	app.Get("/", func(c fiber.Ctx) error {
		session.FromContext(c).Set("inner", true)
		kept = session.FromContext(c)
		return nil
	})
	res, err := app.Test(httptest.NewRequest("GET", "/", nil), fiber.TestConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Cookies()) != 1 || kept == nil {
		t.Fatal(res.Header)
	}
	b := &browser{t, res.Cookies()[0].Value}
	b.want(w, "inner", true)
	b.want(w, "outer", true)
}

func TestSourcesThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]extractors.Extractor{
		"query": extractors.FromQuery("sid"), "param": extractors.FromParam("sid"), "form": extractors.FromForm("sid"),
		"bearer": extractors.FromAuthHeader("Bearer"), "chain": extractors.Chain(extractors.FromCookie("sid"), extractors.FromQuery("sid")),
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s is taken", name)
				}
			}()
			session.New(session.Config{Extractor: from})
		}()
	}
}

func TestDebug(t *testing.T) {
	t.Parallel()
	for _, turnedOn := range []bool{false, true} {
		_, s := on(t, session.Config{DebugEndpoints: turnedOn}, config.Config{Store: config.StoreMemory})
		app := fiber.New()
		app.Use("/debug", s.Debug())
		r := httptest.NewRequest("GET", "/debug/store", nil)
		r.Host = "localhost"
		res, err := app.Test(r, fiber.TestConfig{})
		if err != nil {
			t.Fatal(err)
		}
		var report map[string]any
		if json.NewDecoder(res.Body).Decode(&report) == nil != turnedOn || !turnedOn && res.StatusCode != http.StatusNotFound {
			t.Errorf("on %v: %d %v", turnedOn, res.StatusCode, report)
		}
	}
}
