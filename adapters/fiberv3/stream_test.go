package fibersession_test

import (
	"bufio"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v3"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// The stream begins when the session is saved and the cookie is set, not
// beside the handler, as Fiber's own would.
func TestStreamBeginsAfterTheHandler(t *testing.T) {
	app := newApp(t, memstore.New(0), fiber.Config{})
	app.Get("/stream", func(c fiber.Ctx) error {
		handlerDone := false // the race detector sees a stream that does not wait
		err := fibersession.Stream(c, func(w *bufio.Writer, s *session.Session) {
			fmt.Fprint(w, handlerDone, " ", s.Revision())
		})
		if err == nil {
			err = set(c, "red")
		}
		handlerDone = true
		return err
	})
	v := visit(t, app)
	v.want("/stream", http.StatusOK, "true 1")
	v.want("/value", http.StatusOK, "color red")
}

func TestStreamIsDroppedForAnError(t *testing.T) {
	store := memstore.New(0)
	app := newApp(t, store, fiber.Config{})
	app.Get("/stream", func(c fiber.Ctx) error {
		if err := fibersession.Stream(c, func(*bufio.Writer, *session.Session) { t.Error("the stream ran") }); err != nil {
			return err
		}
		if fiber.Query[bool](c, "fail") {
			return fiber.NewError(http.StatusTeapot, "teapot")
		}
		return set(c, "red")
	})
	v := visit(t, app)
	v.want("/stream?fail=1", http.StatusTeapot, "teapot")
	store.Close()
	v.want("/stream", http.StatusServiceUnavailable, "Service Unavailable")
}

func TestStreamNeedsTheMiddleware(t *testing.T) {
	app := fiber.New()
	app.Get("/stream", func(c fiber.Ctx) error {
		return fibersession.Stream(c, func(*bufio.Writer, *session.Session) { t.Error("the stream ran") })
	})
	visit(t, app).want("/stream", http.StatusInternalServerError, session.ErrNoMiddleware.Error())
}

// Fiber runs streams in goroutines that no Recover reaches; using the request
// in one is the usual way to a panic there.
func TestPanicInStream(t *testing.T) {
	log := &logbook{}
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(slog.NewTextHandler(log, nil)))
	app := newApp(t, memstore.New(0), fiber.Config{})
	app.Get("/set", func(c fiber.Ctx) error { return set(c, "red") })
	app.Get("/stream", func(c fiber.Ctx) error {
		return fibersession.Stream(c, func(w *bufio.Writer, s *session.Session) {
			w.WriteString("first")
			if err := session.Set(s, "color", "blue"); err != nil {
				t.Error(err)
			}
			panic("in the stream")
		})
	})
	v := visit(t, app)
	v.want("/set", http.StatusOK, "")
	v.want("/stream", http.StatusOK, "first")
	v.want("/value", http.StatusOK, "color red")
	if text := log.String(); !strings.Contains(text, "in the stream") || !strings.Contains(text, "stream_test.go") {
		t.Errorf("the log does not show the panic: %s", text)
	}
}

// Fiber's own stream works too: the session and the context outlive the
// request, and an explicit Commit saves.
func TestBodyStreamWriter(t *testing.T) {
	app := newApp(t, memstore.New(0), fiber.Config{})
	app.Get("/set", func(c fiber.Ctx) error { return set(c, "red") })
	app.Get("/stream", func(c fiber.Ctx) error {
		s, err := fibersession.Get(c)
		if err != nil {
			return err
		}
		ctx, begin := c.Context(), make(chan struct{})
		c.RequestCtx().SetBodyStreamWriter(func(w *bufio.Writer) {
			w.WriteString("first ")
			w.Flush()
			<-begin
			before, _ := session.Get[string](s, "color")
			err := session.Set(s, "color", "blue")
			if err == nil {
				err = s.Commit(ctx)
			}
			fmt.Fprint(w, before, " ", err)
		})
		close(begin)
		return nil
	})
	v := visit(t, app)
	v.want("/set", http.StatusOK, "")
	v.want("/stream", http.StatusOK, "first red <nil>")
	v.want("/value", http.StatusOK, "color blue")
}

// The session is first asked for in the stream, when Fiber has taken the
// request's memory back.
func TestFirstAskedForInAStream(t *testing.T) {
	app := newApp(t, memstore.New(0), fiber.Config{})
	app.Get("/set", func(c fiber.Ctx) error { return set(c, "red") })
	gates := make(chan chan struct{}, 1)
	app.Get("/stream", func(c fiber.Ctx) error {
		ctx, begin := c.Context(), make(chan struct{})
		gates <- begin
		c.RequestCtx().SetBodyStreamWriter(func(w *bufio.Writer) {
			w.WriteString("first ")
			w.Flush()
			<-begin
			color := ""
			s, err := session.From(ctx)
			if err == nil {
				color, err = session.Get[string](s, "color")
			}
			fmt.Fprint(w, color, " ", err)
		})
		return nil
	})
	v, other := visit(t, app), visit(t, newApp(t, memstore.New(0), fiber.Config{}))
	v.want("/set", http.StatusOK, "")
	go func() {
		begin := <-gates
		for range 20 {
			other.client.Get(other.url + "/value")
		}
		close(begin)
	}()
	v.want("/stream", http.StatusOK, "first red <nil>")
}
