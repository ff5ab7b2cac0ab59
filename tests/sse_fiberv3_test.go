package tests

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/sse"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/adapters/fiberv3/fibersessiontest"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// Fiber v3's server-sent events, which keep the context of a request that is over:
// the session is the visitor's to the end, and what a Commit saves is saved.
func TestServerSentEventsOnFiberV3(t *testing.T) {
	t.Parallel()
	sessions, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, memstore.New(0))
	if err != nil {
		t.Fatal(err)
	}
	defer sessions.Close()
	app := fiber.New()
	if err := fibersession.Install(app, sessions, nil); err != nil {
		t.Fatal(err)
	}
	app.Get("/events", fibersession.RequireUser(nil), sse.New(sse.Config{DisableHeartbeat: true, Handler: func(c fiber.Ctx, stream *sse.Stream) error {
		s, err := session.From(stream.Context())
		if err != nil {
			return stream.Event(sse.Event{Data: err.Error()})
		}
		for n := range 3 {
			if err := session.Set(s, "seen", n+1); err != nil {
				return err
			}
			if err := stream.Event(sse.Event{Data: fmt.Sprint(s.User(), " ", n)}); err != nil {
				return err
			}
		}
		return stream.Event(sse.Event{Data: fmt.Sprint(s.Commit(context.WithoutCancel(stream.Context())))})
	}}))
	url := fibersessiontest.Listen(t, adaptertest.App{}, app)
	client := &http.Client{Timeout: time.Minute}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	sessiontest.LogIn(t, sessions, req, "ada")
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if want := "data: ada 0\n\ndata: ada 1\n\ndata: ada 2\n\ndata: <nil>\n\n"; string(body) != want {
		t.Errorf("%q, %v", body, err)
	}
	s := sessiontest.After(t, sessions, req, res)
	if n, err := session.Get[int](s, "seen"); n != 3 || err != nil {
		t.Errorf("seen %d, %v", n, err)
	}
	if res, err := client.Get(url + "/events"); err != nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger: %v, %v", res, err)
	}
}
