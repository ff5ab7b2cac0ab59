package chisession_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	chisession "github.com/gosessionkit/sessionkit/adapters/chi"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// newSessions is what an app does at the start, with config.Parse and stores.Open
// in place of a configuration and a store of its own.
func newSessions() *session.Manager {
	quiet := session.WithLogger(slog.New(slog.DiscardHandler))
	sessions, err := session.NewManager(context.Background(), config.Config{}, memstore.New(0), quiet)
	if err != nil {
		panic(err)
	}
	return sessions
}

// send makes a request, prints the status of its answer, and returns the cookie.
func send(app http.Handler, method, path, cookie string) string {
	req := httptest.NewRequest(method, path, nil)
	req.Header.Set("Cookie", cookie)
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, req)
	fmt.Println(strings.TrimSpace(fmt.Sprintln(method, path, rec.Code, rec.Body)))
	for _, c := range rec.Result().Cookies() {
		cookie = c.Name + "=" + c.Value
	}
	return cookie
}

func Example() {
	sessions := newSessions()
	defer sessions.Close()

	r := chi.NewRouter()
	if err := chisession.Install(r, sessions, nil); err != nil { // nil, or debug.New(sessions)
		fmt.Println(err)
		return
	}
	r.Get("/", chisession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		s, err := chisession.Get(r)
		if err != nil {
			return err
		}
		visits, err := session.Update(s, "visits", func(n int) (int, error) { return n + 1, nil })
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(w, "visits: ", visits)
		return err
	}).ServeHTTP)

	cookie := send(r, "GET", "/", "")
	send(r, "GET", "/", cookie)
	// Output:
	// GET / 200 visits: 1
	// GET / 200 visits: 2
}

// A group of routes that only users may see. The others are sent to the login.
func ExampleRequireUser() {
	sessions := newSessions()
	defer sessions.Close()

	r := chi.NewRouter()
	if err := chisession.Install(r, sessions, nil); err != nil {
		fmt.Println(err)
		return
	}
	r.Post("/login", chisession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		return auth.Login(r.Context(), "ada") // once the password is checked
	}).ServeHTTP)
	r.Group(func(r chi.Router) {
		r.Use(chisession.RequireUser(http.RedirectHandler("/login", http.StatusSeeOther)))
		r.Post("/orders", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ordered") })
	})

	send(r, "POST", "/orders", "")
	cookie := send(r, "POST", "/login", "")
	send(r, "POST", "/orders", cookie)
	// Output:
	// POST /orders 303
	// POST /login 200
	// POST /orders 200 ordered
}

// A route that asks for the password again when the login is older than ten minutes.
func ExampleRequireFresh() {
	sessions := newSessions()
	defer sessions.Close()

	r := chi.NewRouter()
	if err := chisession.Install(r, sessions, nil); err != nil {
		fmt.Println(err)
		return
	}
	r.Post("/login", chisession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		return auth.Login(r.Context(), "ada") // once the password is checked
	}).ServeHTTP)
	fresh := chisession.RequireFresh(10*time.Minute, http.RedirectHandler("/confirm", http.StatusSeeOther))
	r.With(fresh).Post("/password", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "changed") })

	send(r, "POST", "/password", "")
	cookie := send(r, "POST", "/login", "")
	send(r, "POST", "/password", cookie)
	// Output:
	// POST /password 303
	// POST /login 200
	// POST /password 200 changed
}

// An API answers errors in JSON.
func ExampleWithErrorHandler() {
	sessions := newSessions()
	defer sessions.Close()
	asJSON := func(w http.ResponseWriter, r *http.Request, err error) {
		status := session.HTTPStatus(err)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, "{%q: %q}", "error", session.StatusText(status))
	}

	r := chi.NewRouter()
	if err := chisession.Install(r, sessions, nil, chisession.WithErrorHandler(asJSON)); err != nil {
		fmt.Println(err)
		return
	}
	r.Get("/account", chisession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		_, err := auth.Require(r.Context())
		return err
	}).ServeHTTP)

	send(r, "GET", "/account", "")
	// Output: GET /account 401 {"error": "Unauthorized"}
}

// Install comes before the first route, since chi would run those before it
// without a session.
func ExampleInstall() {
	sessions := newSessions()
	defer sessions.Close()
	r := chi.NewRouter()
	r.Get("/", func(http.ResponseWriter, *http.Request) {})
	fmt.Println(chisession.Install(r, sessions, nil) == chisession.ErrRoutesBefore)
	// Output: true
}
