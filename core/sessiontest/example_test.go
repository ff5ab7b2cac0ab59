package sessiontest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// A test of a handler that wants a user and changes the session. newApp is the
// function of the app that main calls too.
func Example() {
	var t *testing.T // of func TestAddToCart(t *testing.T)

	sessions := sessiontest.NewManager(t)
	app := newApp(sessions)

	req := httptest.NewRequest("POST", "/cart?item=tea", nil)
	sessiontest.LogIn(t, sessions, req, "ada")
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, req) // Fiber: res, err := app.Test(req, -1), v3: app.Test(req, fiber.TestConfig{})
	if rec.Code != http.StatusOK {
		t.Errorf("status %d", rec.Code)
	}

	s := sessiontest.After(t, sessions, req, rec.Result())
	if cart, err := session.Get[[]string](s, "cart"); err != nil || len(cart) != 1 {
		t.Errorf("the cart holds %v, %v", cart, err)
	}
}

// Prepare puts into the session what the visitor has done before.
func ExamplePrepare() {
	var t *testing.T
	sessions := sessiontest.NewManager(t)
	req := httptest.NewRequest("GET", "/cart", nil)
	sessiontest.Prepare(t, sessions, req, func(ctx context.Context) error {
		s, err := session.From(ctx)
		if err != nil {
			return err
		}
		return session.Set(s, "cart", []string{"tea"})
	})
}

// Open is for tests below a router: the context has a session, and nothing sends
// an answer.
func ExampleOpen() {
	var t *testing.T
	sessions := sessiontest.NewManager(t)
	ctx, exchange, _ := sessiontest.Open(t.Context(), sessions, session.Incoming{})
	if _, err := session.From(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := exchange.Commit(); err != nil { // what a middleware does before the headers leave
		t.Fatal(err)
	}
}
