package session_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A second session of an API's clients, in a header of its own.
func ExampleWithTokenFrom() {
	ctx := context.Background()
	sessions, err := session.NewManager(ctx, config.Config{TokenFrom: []config.TokenSource{config.TokenBearer}}, memstore.New(0))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sessions.Close()
	cart, err := sessions.Named("cart", session.WithTokenFrom(config.TokenHeader("X-Cart")))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sessions.Config().TokenFrom, cart.Config().TokenFrom)
	// Output: [bearer] [header:X-Cart]
}

// A protection against CSRF has nothing to look for where no cookie decides.
func ExampleIncoming_TokenInHeader() {
	sessions, err := session.NewManager(context.Background(), config.Config{TokenFrom: []config.TokenSource{config.TokenBearer, config.TokenCookie}}, memstore.New(0))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sessions.Close()
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("Cookie", "session=...")
	r.Header.Set("Authorization", "Basic ...")
	fmt.Println(httpsession.Incoming(r).TokenInHeader(sessions))
	r.Header.Set("Authorization", "Bearer ...")
	fmt.Println(httpsession.Incoming(r).TokenInHeader(sessions))
	// Output:
	// false
	// true
}

// An app that answers by itself to those who are not logged in.
func ExampleExchange_Challenge() {
	sessions, err := session.NewManager(context.Background(), config.Config{TokenFrom: []config.TokenSource{config.TokenBearer}}, memstore.New(0))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sessions.Close()
	app := httpsession.Middleware(sessions)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := auth.Require(r.Context()); auth.IsDenied(err) {
			httpsession.Challenge(w.Header().Set, r.Context(), err)
			http.Error(w, `{"error": "log in first"}`, http.StatusUnauthorized)
		}
	}))
	r := httptest.NewRequest("GET", "/orders", nil)
	r.Header.Set("Authorization", "Bearer "+"v1.of.last.year")
	answer := httptest.NewRecorder()
	app.ServeHTTP(answer, r)
	fmt.Println(answer.Header().Get("WWW-Authenticate"))
	// Output: Bearer realm="session", error="invalid_token"
}
