package session_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A whole app on net/http: a page that counts the visits of each visitor.
func Example() {
	cfg := config.Config{} // config.Parse(flag.CommandLine, os.Args[1:]) in an app with flags
	store := memstore.New(0)
	quiet := session.WithLogger(slog.New(slog.DiscardHandler))
	sessions, err := session.NewManager(context.Background(), cfg, store, quiet)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sessions.Close()

	mux := http.NewServeMux()
	mux.Handle("GET /", httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		s, err := httpsession.Get(r)
		if err != nil {
			return err
		}
		visits, err := session.Update(s, "visits", func(n int) (int, error) { return n + 1, nil })
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(w, "visits:", visits)
		return err
	}))
	server := httptest.NewServer(httpsession.Install(mux, sessions, nil))
	defer server.Close()

	jar, _ := cookiejar.New(nil)
	browser := http.Client{Jar: jar}
	for range 2 {
		answer, err := browser.Get(server.URL)
		if err != nil {
			fmt.Println(err)
			return
		}
		io.Copy(os.Stdout, answer.Body)
		answer.Body.Close()
	}
	// Output:
	// visits: 1
	// visits: 2
}

// Remember me, where others are logged out after half an hour without use: the
// session lives for 30 days, however long it is not used, and the cookie outlives
// the browser.
func ExampleSession_SetIdleTimeout() {
	cfg := config.Config{Mode: config.Test, IdleTimeout: 30 * time.Minute, Cookie: config.Cookie{UntilClosed: true}}
	sessions, err := session.NewManager(context.Background(), cfg, memstore.New(0), session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		panic(err)
	}
	defer sessions.Close()

	login := func(ctx context.Context, user string, remember bool) error {
		if err := auth.Login(ctx, user); err != nil {
			return err
		}
		s, err := session.From(ctx)
		if err != nil || !remember {
			return err
		}
		const month = 30 * 24 * time.Hour
		if err := s.SetLifetime(month); err != nil {
			return err
		}
		if err := s.SetIdleTimeout(month); err != nil {
			return err
		}
		return s.SetPersistent(true)
	}

	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		if err := login(r.Context(), "ada", r.FormValue("remember") != ""); err != nil {
			httpsession.Error(w, r, err)
		}
	})
	app := httpsession.Install(mux, sessions, nil)
	for _, path := range []string{"/login", "/login?remember=on"} {
		answer := httptest.NewRecorder()
		app.ServeHTTP(answer, httptest.NewRequest("POST", path, nil))
		cookie := answer.Result().Cookies()[0]
		list, err := sessions.UserSessions(context.Background(), "ada")
		if err != nil {
			panic(err)
		}
		ends := list[0].Record.Expires
		for _, entry := range list {
			if entry.Record.Expires.After(ends) {
				ends = entry.Record.Expires
			}
		}
		fmt.Println(path, "cookie for", time.Duration(cookie.MaxAge)*time.Second, "and unused for", time.Until(ends).Round(time.Minute))
	}
	// Output:
	// /login cookie for 0s and unused for 30m0s
	// /login?remember=on cookie for 720h0m0s and unused for 720h0m0s
}

// A page asks every few seconds whether there is news. That its tab stays open is
// no use of the session, so it still ends when nobody does anything.
func ExampleWithoutTouch() {
	cfg := config.Config{Mode: config.Test, IdleTimeout: 30 * time.Minute}
	sessions, err := session.NewManager(context.Background(), cfg, memstore.New(0), session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		panic(err)
	}
	defer sessions.Close()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /news", func(w http.ResponseWriter, r *http.Request) {
		user, err := auth.Require(session.WithoutTouch(r.Context()))
		if err != nil {
			httpsession.Error(w, r, err)
			return
		}
		fmt.Fprintln(w, "no news for", user)
	})
	app := httpsession.Install(mux, sessions, nil)
	answer := httptest.NewRecorder()
	app.ServeHTTP(answer, httptest.NewRequest("GET", "/news", nil))
	fmt.Println(answer.Code)
	// Output: 401
}
