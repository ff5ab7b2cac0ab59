package httpsession_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/internal/visitor"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Install returns the handler to serve: the routes of mux with their sessions.
func ExampleInstall() {
	sessions := visitor.Sessions() // session.NewManager in an app
	defer sessions.Close()

	mux := http.NewServeMux()
	mux.Handle("GET /", httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		s, err := httpsession.Get(r)
		if err != nil {
			return err
		}
		visits, err := session.Update(s, "visits", func(n int) (int, error) { return n + 1, nil })
		fmt.Println("visits:", visits) // Fprintln(w, ...)
		return err
	}))
	app := httpsession.Install(mux, sessions, nil) // nil, or debug.New(sessions)

	ada := visitor.New(sessions)
	ada.Send(app, httptest.NewRequest("GET", "/", nil))
	ada.Send(app, httptest.NewRequest("GET", "/", nil))
	// Output:
	// visits: 1
	// visits: 2
}

// A router of another kind takes the middleware alone.
func ExampleMiddleware() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	var router http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := httpsession.Get(r)
		if err != nil {
			httpsession.Error(w, r, err)
			return
		}
		fmt.Println(s.Status())
	})
	visitor.New(sessions).Send(httpsession.Middleware(sessions)(router), httptest.NewRequest("GET", "/", nil))
	// Output: new
}

// Routes that only users may see. The others are sent to the login.
func ExampleRequireUser() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	users := httpsession.RequireUser(http.RedirectHandler("/login", http.StatusSeeOther))

	mux := http.NewServeMux()
	mux.Handle("POST /login", httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		return auth.Login(r.Context(), "ada") // once the password is checked
	}))
	mux.Handle("POST /orders", users(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusCreated)
	})))
	app := httpsession.Install(mux, sessions, nil)

	ada := visitor.New(sessions)
	for _, path := range []string{"/orders", "/login", "/orders"} {
		answer := ada.Send(app, httptest.NewRequest("POST", path, nil))
		fmt.Printf("%s %d %q\n", path, answer.StatusCode, answer.Header.Get("Location"))
	}
	// Output:
	// /orders 303 "/login"
	// /login 200 ""
	// /orders 201 ""
}

// A route that asks for the password again when the login is older than ten minutes.
func ExampleRequireFresh() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	fresh := httpsession.RequireFresh(10*time.Minute, http.RedirectHandler("/confirm", http.StatusSeeOther))

	mux := http.NewServeMux()
	mux.Handle("POST /login", httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		return auth.Login(r.Context(), "ada") // once the password is checked
	}))
	mux.Handle("POST /password", fresh(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})))
	app := httpsession.Install(mux, sessions, nil)

	ada := visitor.New(sessions)
	for _, path := range []string{"/password", "/login", "/password"} {
		answer := ada.Send(app, httptest.NewRequest("POST", path, nil))
		fmt.Printf("%s %d %q\n", path, answer.StatusCode, answer.Header.Get("Location"))
	}
	// Output:
	// /password 303 "/confirm"
	// /login 200 ""
	// /password 204 ""
}

// A plain http.HandlerFunc answers an error by itself.
func ExampleError() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	app := httpsession.Middleware(sessions)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := auth.Require(r.Context()); err != nil {
			httpsession.Error(w, r, err)
			return
		}
		fmt.Fprintln(w, "welcome")
	}))
	visitor.New(sessions).Send(app, httptest.NewRequest("GET", "/", nil))
	// Output: 401 Unauthorized
}

// An API answers errors in JSON: those that handlers return, and those of saving.
func ExampleWithErrorHandler() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	asJSON := func(w http.ResponseWriter, r *http.Request, err error) {
		status := session.HTTPStatus(err)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, "{%q: %q}", "error", session.StatusText(status))
	}
	mux := http.NewServeMux()
	mux.Handle("GET /account", httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		_, err := auth.Require(r.Context())
		return err
	}))
	app := httpsession.Install(mux, sessions, nil, httpsession.WithErrorHandler(asJSON))

	answer := httptest.NewRecorder()
	app.ServeHTTP(answer, httptest.NewRequest("GET", "/account", nil))
	fmt.Println(answer.Code, answer.Body)
	// Output: 401 {"error": "Unauthorized"}
}

// A text that somebody has typed is not to be shown when there is a token in it.
func ExampleHasToken() {
	fmt.Println(httpsession.HasToken("Cookie: session=v1.w2nzRrUJPmOWkYwqVYvF4w.oUTlfhuQ4G0.B1xPhZR1vMnrMCkqkCyIFQ; lang=en"), httpsession.HasToken("ada"))
	// Output: true false
}

// Two kinds of bearer tokens meet in one header.
func ExampleIsToken() {
	fmt.Println(httpsession.IsToken("v1.w2nzRrUJPmOWkYwqVYvF4w.oUTlfhuQ4G0.B1xPhZR1vMnrMCkqkCyIFQ"), httpsession.IsToken("eyJhbGciOiJub25lIn0.e30."))
	// Output: true false
}
