package session_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/internal/visitor"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// An app makes its manager at the start and closes it at the end. Most take the
// configuration from config.Parse and the store from stores.Open.
func ExampleNewManager() {
	ctx := context.Background() // or that of signal.NotifyContext
	cfg := config.Config{Lifetime: 8 * time.Hour}
	sessions, err := session.NewManager(ctx, cfg, memstore.New(0))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sessions.Close()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "welcome") })
	server := http.Server{Addr: "127.0.0.1:8080", Handler: httpsession.Install(mux, sessions, nil)}
	fmt.Println("ready for", server.Addr) // then server.ListenAndServe()
	// Output: ready for 127.0.0.1:8080
}

// Options come last.
func ExampleNewManager_options() {
	options := []session.Option{session.WithLogger(slog.New(slog.DiscardHandler)), session.WithClock(time.Now)}
	sessions, err := session.NewManager(context.Background(), config.Config{}, memstore.New(0), options...)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sessions.Close())
	// Output: <nil>
}

// What is wrong with the configuration is an error of the start.
func ExampleNewManager_invalid() {
	cfg := config.Config{IdleTimeout: 48 * time.Hour, Lifetime: 24 * time.Hour}
	_, err := session.NewManager(context.Background(), cfg, memstore.New(0))
	fmt.Println(err)
	// Output:
	// --session-idle-timeout (environment SESSION_IDLE_TIMEOUT) is "48h0m0s": must not be longer than --session-lifetime (environment SESSION_LIFETIME), which is "24h0m0s"
}

// The customers and the staff of a shop have sessions of their own, with cookies
// of their own. From gives the session of one manager.
func ExampleManager_From() {
	ctx, quiet := context.Background(), session.WithLogger(slog.New(slog.DiscardHandler))
	shop, err := session.NewManager(ctx, config.Config{}, memstore.New(0), quiet)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer shop.Close()
	staff, err := session.NewManager(ctx, config.Config{Cookie: config.Cookie{Name: "staff"}}, memstore.New(0), quiet)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer staff.Close()

	var page http.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		for _, sessions := range []*session.Manager{shop, staff} {
			s, err := sessions.From(r.Context())
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Println(s.CookieName())
		}
	})
	page = httpsession.Middleware(shop)(httpsession.Middleware(staff)(page))
	visitor.New(shop).Send(page, newRequest("GET", "/"))
	// Output:
	// session
	// staff
}

// An administrator sees where a user is logged in.
func ExampleManager_UserSessions() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	for _, label := range []string{"Firefox on Linux", "Safari on iOS"} {
		logIn(sessions, "ada", label)
	}
	list, err := sessions.UserSessions(context.Background(), "ada")
	fmt.Println(len(list), "sessions", err)
	// Output: 2 sessions <nil>
}

// An account is disabled: all sessions of the user end at one moment, on every
// worker.
func ExampleManager_DestroyUser() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	logIn(sessions, "ada", "Firefox on Linux")
	logIn(sessions, "ada", "Safari on iOS")
	logIn(sessions, "eve", "Chrome on Windows")
	fmt.Println(sessions.DestroyUser(context.Background(), "ada"))
	// Output: 2 <nil>
}

// One session of a user is ended, if it is the user's.
func ExampleManager_DestroyUserSession() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	id := logIn(sessions, "ada", "Firefox on Linux")
	ctx := context.Background()
	fmt.Println(sessions.DestroyUserSession(ctx, "eve", id))
	fmt.Println(sessions.DestroyUserSession(ctx, "ada", id))
	// Output:
	// false <nil>
	// true <nil>
}

// A log line names a session that is to end.
func ExampleManager_Destroy() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	id := logIn(sessions, "ada", "Firefox on Linux")
	fmt.Println(sessions.Destroy(context.Background(), id))
	// Output: <nil>
}

// After a leak everybody logs in again.
func ExampleManager_DestroyAll() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	logIn(sessions, "ada", "")
	logIn(sessions, "eve", "")
	fmt.Println(sessions.DestroyAll(context.Background()))
	// Output: 2 <nil>
}

// Tokens in links of mails are signed with a key that follows the secret key, on
// every worker.
func ExampleManager_DeriveKey() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	key, err := sessions.DeriveKey("links in mails", 32)
	other, _ := sessions.DeriveKey("API tokens", 32)
	fmt.Println(len(key), bytes.Equal(key, other), err)
	// Output: 32 false <nil>
}

// Config has the defaults filled in.
func ExampleManager_Config() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	cfg := sessions.Config()
	fmt.Println(cfg.Cookie.Name, cfg.Lifetime, cfg.Timeout)
	// Output: session 24h0m0s 2s
}

// What a store can do beside keeping sessions it says with optional interfaces of
// package driver.
func ExampleManager_Store() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	logIn(sessions, "ada", "")
	if lister, ok := sessions.Store().(interface {
		Count(ctx context.Context) (n int, exact bool, err error)
	}); ok { // driver.Lister
		fmt.Println(lister.Count(context.Background()))
	}
	// Output: 1 true <nil>
}

// CookieStatus is for a page that must not ask the store.
func ExampleExchange_CookieStatus() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Request(func(ctx context.Context) error {
		x, _ := ctx.Value(session.ContextKey).(*session.Exchange)
		status, err := x.CookieStatus(sessions)
		fmt.Println(status.State, status.Cookies)
		return err
	})
	// Output: new 0
}

// Close is called once no request is running any more. It closes the store too.
func ExampleManager_Close() {
	sessions := visitor.Sessions()
	fmt.Println(sessions.Close())
	visitor.New(sessions).Visit(func(s *session.Session) error { return session.Set(s, "name", "Ada") })
	// Output:
	// <nil>
	// 503 Service Unavailable
}
