package fibersession_test

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/encryptcookie"
	"github.com/gofiber/fiber/v3/middleware/recover"

	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Fiber uses the memory of a request again. These tests ask for the session
// where that would show.

// A goroutine that outlives a request, which ended in a panic even, never sees
// the session of the request that came next.
func TestAskedForAfterAPanic(t *testing.T) {
	t.Parallel()
	app := newApp(t, memstore.New(0), fiber.Config{}, recover.New())
	app.Get("/set", func(c fiber.Ctx) error { return set(c, "red") })
	kept := make(chan context.Context, 1)
	app.Get("/panic", func(c fiber.Ctx) error {
		kept <- c.Context()
		panic("oops")
	})
	inside, leave := make(chan bool), make(chan bool)
	app.Get("/slow", func(c fiber.Ctx) error {
		inside <- true
		<-leave
		return c.SendString("ok")
	})
	victim := visit(t, app)
	victim.want("/set", http.StatusOK, "")
	stranger := *victim
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	stranger.client = &http.Client{Transport: victim.client.Transport, Jar: jar}
	stranger.want("/panic", http.StatusInternalServerError, "")
	ctx := <-kept
	done := make(chan bool)
	go func() {
		defer close(done)
		victim.want("/slow", http.StatusOK, "ok")
	}()
	<-inside
	s, err := session.From(ctx)
	if err != nil || s.Status().State != session.StateNew {
		t.Errorf("the stranger has the session %v, %v", s.Status(), err)
	}
	close(leave)
	<-done
}

// A goroutine of the handler may be the first to ask, whatever the handler
// does meanwhile.
func TestAskedForBesideTheHandler(t *testing.T) {
	t.Parallel()
	app := newApp(t, memstore.New(0), fiber.Config{})
	app.Get("/set", func(c fiber.Ctx) error { return set(c, "red") })
	app.Get("/both", func(c fiber.Ctx) error {
		ctx := c.Context()
		answer := make(chan string, 1)
		go func() {
			s, err := session.From(ctx)
			if err != nil {
				answer <- err.Error()
				return
			}
			color, _ := session.Get[string](s, "color")
			answer <- color
		}()
		for range 20 {
			c.Get("Accept-Language")
			c.Cookies("another")
		}
		return c.SendString(<-answer)
	})
	v := visit(t, app)
	v.want("/set", http.StatusOK, "")
	for range 200 {
		v.want("/both", http.StatusOK, "red")
	}
}

// Middleware behind the session's may change the request's cookies, and one
// outside may ask when all is done.
func TestAskedForWhenCookiesHaveChanged(t *testing.T) {
	t.Parallel()
	var after session.Status
	app := newApp(t, memstore.New(0), fiber.Config{}, func(c fiber.Ctx) error {
		err := c.Next()
		if s, err := session.From(c.Context()); err == nil {
			after = s.Status()
		}
		return err
	})
	app.Use(encryptcookie.New(encryptcookie.Config{Key: encryptcookie.GenerateKey(32)}))
	app.Get("/set", func(c fiber.Ctx) error { return set(c, "red") })
	app.Get("/plain", func(c fiber.Ctx) error { return c.SendString("ok") })
	app.Get("/color", value)
	v := visit(t, app)
	v.want("/set", http.StatusOK, "")
	v.want("/color", http.StatusOK, "color red")
	v.want("/plain", http.StatusOK, "ok")
	if after.State != session.StateLoaded {
		t.Errorf("asked for outside, after the handler: %v", after)
	}
}
