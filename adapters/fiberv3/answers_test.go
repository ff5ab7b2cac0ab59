package fibersession_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v3"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Fiber's flash messages travel in a cookie of their own beside the session's.
func TestRedirectWithFlash(t *testing.T) {
	t.Parallel()
	app := newApp(t, memstore.New(0), fiber.Config{})
	app.Get("/set", func(c fiber.Ctx) error {
		if err := set(c, "red"); err != nil {
			return err
		}
		return c.Redirect().With("said", "Saved.").To("/page")
	})
	app.Get("/page", func(c fiber.Ctx) error {
		said := c.Redirect().Message("said").Value
		s, err := session.From(c)
		if err != nil {
			return err
		}
		color, err := session.Pop[string](s, "color")
		if err != nil {
			return err
		}
		return c.SendString(said + " " + color)
	})
	v := visit(t, app)
	v.want("/set", http.StatusOK, "Saved. red") // followed
	v.want("/page", http.StatusOK, " ")
}

// What the handler answers in odd ways goes out with the cookie.
func TestOddAnswers(t *testing.T) {
	t.Parallel()
	app := newApp(t, memstore.New(0), fiber.Config{})
	for path, answer := range map[string]func(c fiber.Ctx) error{
		"/nothing": func(fiber.Ctx) error { return nil },
		"/empty":   func(c fiber.Ctx) error { return c.SendStatus(http.StatusNoContent) },
		"/writes-and-fails": func(c fiber.Ctx) error {
			io.WriteString(c, "half a page")
			return fiber.NewError(http.StatusTeapot, "teapot")
		},
		"/hints": func(c fiber.Ctx) error {
			if err := c.SendEarlyHints([]string{"<style.css>; rel=preload"}); err != nil {
				return err
			}
			return c.SendString("page")
		},
		"/stream": func(c fiber.Ctx) error {
			return c.SendStreamWriter(func(w *bufio.Writer) { w.WriteString("streamed") })
		},
		"/reset": func(c fiber.Ctx) error {
			c.RequestCtx().Response.Reset()
			return c.SendString("reset")
		},
	} {
		app.Get(path, func(c fiber.Ctx) error {
			if err := set(c, "red"); err != nil {
				return err
			}
			return answer(c)
		})
	}
	for path, want := range map[string]struct {
		status int
		body   string
	}{
		"/nothing": {http.StatusOK, ""}, "/empty": {http.StatusNoContent, ""}, "/writes-and-fails": {http.StatusTeapot, "teapot"},
		"/hints": {http.StatusOK, "page"}, "/stream": {http.StatusOK, "streamed"}, "/reset": {http.StatusOK, "reset"},
	} {
		v := visit(t, app)
		if res := v.want(path, want.status, want.body); res.Header.Get("Set-Cookie") == "" {
			t.Errorf("%s: no cookie in %v", path, res.Header)
		}
		v.want("/value", http.StatusOK, "color red")
	}
}

// c.Drop and c.End answer for themselves: the visitor misses what was new, and what
// he had stays.
func TestDropAndEnd(t *testing.T) {
	t.Parallel()
	app := newApp(t, memstore.New(0), fiber.Config{})
	app.Get("/login", login)
	app.Get("/me", me)
	app.Get("/drop", func(c fiber.Ctx) error {
		if err := set(c, "red"); err != nil {
			return err
		}
		return c.Drop()
	})
	app.Get("/end", func(c fiber.Ctx) error {
		if err := set(c, "blue"); err != nil {
			return err
		}
		c.SendString("the end")
		return c.End()
	})
	v := visit(t, app)
	v.want("/login", http.StatusOK, "")
	if _, err := v.client.Get(v.url + "/drop"); err == nil {
		t.Error("the connection was not dropped")
	}
	v.want("/me", http.StatusOK, "you are ada")
	v.want("/end", http.StatusOK, "the end")
	v.want("/me", http.StatusOK, "you are ada")
}

// A handler that takes the connection over, as websockets do, has sent the session's
// cookie, and its session may be used until the end.
func TestHijack(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	app := newApp(t, store, fiber.Config{})
	app.Get("/login", login)
	app.Get("/socket", func(c fiber.Ctx) error {
		if err := auth.Login(c.Context(), "ada"); err != nil {
			return err
		}
		s, err := session.From(c.Context())
		if err != nil {
			return err
		}
		ctx := c.Context()
		c.Status(http.StatusSwitchingProtocols)
		c.Set("Upgrade", "lines")
		c.Set("Connection", "Upgrade")
		c.RequestCtx().Hijack(func(conn net.Conn) {
			lines := bufio.NewScanner(conn)
			for lines.Scan() {
				err := session.Set(s, "color", lines.Text())
				fmt.Fprintln(conn, s.User(), errors.Join(err, s.Commit(ctx)))
			}
		})
		return nil
	})
	v := visit(t, app)
	conn, err := net.Dial("tcp", strings.TrimPrefix(v.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /socket HTTP/1.1\r\nHost: app\r\nConnection: Upgrade\r\nUpgrade: lines\r\n\r\n")
	from := bufio.NewReader(conn)
	res, err := http.ReadResponse(from, nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols || len(res.Cookies()) != 1 {
		t.Fatalf("%v, %v", res, err)
	}
	fmt.Fprintln(conn, "red")
	if line, err := from.ReadString('\n'); line != "ada <nil>\n" {
		t.Errorf("%q, %v", line, err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, v.url+"/value", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(res.Cookies()[0])
	if res, err = v.client.Do(req); err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); string(body) != "color red" {
		t.Errorf("%q, %v", body, err)
	}
}
