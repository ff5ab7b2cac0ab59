package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/internal/visitor"
	"github.com/gosessionkit/sessionkit/core/session"
)

// checkPassword stands for what an app has.
func checkPassword(name, password string) bool { return name == "ada" && password == "lovelace" }

// An app with a login, a page for users and a logout.
func Example() {
	sessions := visitor.Sessions()
	defer sessions.Close()

	mux := http.NewServeMux()
	mux.Handle("POST /login", httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		name := r.FormValue("name")
		if !checkPassword(name, r.FormValue("password")) {
			http.Error(w, "wrong name or password", http.StatusUnauthorized)
			return nil
		}
		return auth.Login(r.Context(), name)
	}))
	mux.Handle("GET /account", httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		user, err := auth.Require(r.Context())
		if err != nil {
			return err
		}
		fmt.Println("account of", user)
		return nil
	}))
	mux.Handle("POST /logout", httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		return auth.Logout(r.Context())
	}))
	app := httpsession.Install(mux, sessions, nil)

	ada := visitor.New(sessions)
	ada.Send(app, httptest.NewRequest("GET", "/account", nil))
	ada.Send(app, httptest.NewRequest("POST", "/login?"+url.Values{"name": {"ada"}, "password": {"lovelace"}}.Encode(), nil))
	ada.Send(app, httptest.NewRequest("GET", "/account", nil))
	ada.Send(app, httptest.NewRequest("POST", "/logout", nil))
	ada.Send(app, httptest.NewRequest("GET", "/account", nil))
	// Output:
	// 401 Unauthorized
	// account of ada
	// 401 Unauthorized
}

// The app has checked the password. What the visitor had in the session before,
// such as a cart, stays.
func ExampleLogin() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Visit(func(s *session.Session) error { return session.Set(s, "cart", []string{"tea"}) })
	ada.Request(func(ctx context.Context) error { return auth.Login(ctx, "ada") })
	ada.Visit(func(s *session.Session) error {
		fmt.Println(s.User(), s.Keys())
		return nil
	})
	// Output: ada [cart]
}

// An id that no user can have is refused with a 400: it comes from the visitor.
func ExampleLogin_invalid() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Request(func(ctx context.Context) error {
		err := auth.Login(ctx, "")
		fmt.Println(errors.Is(err, auth.ErrInvalidUser), err)
		return err
	})
	fmt.Println("at most", auth.MaxUserLength, "bytes")
	// Output:
	// true auth: invalid user id: it must be 1 to 256 bytes of UTF-8
	// 400 Bad Request
	// at most 256 bytes
}

// Remember me: the browser stays logged in for 30 days, whether it is closed or
// not used meanwhile.
func ExampleRemember() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	for _, remember := range []bool{false, true} {
		answer := visitor.New(sessions).Request(func(ctx context.Context) error {
			var options []auth.LoginOption
			if remember { // the box in the form
				options = append(options, auth.Remember(30*24*time.Hour))
			}
			return auth.Login(ctx, "ada", options...)
		})
		cookie := answer.Cookies()[0]
		fmt.Println(remember, time.Duration(cookie.MaxAge)*time.Second)
	}
	// Output:
	// false 24h0m0s
	// true 720h0m0s
}

// A label tells a user's sessions apart.
func ExampleLabel() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Request(func(ctx context.Context) error { return auth.Login(ctx, "ada", auth.Label("Firefox on Linux")) })
	ada.Request(func(ctx context.Context) error {
		list, err := auth.Sessions(ctx, sessions)
		for _, s := range list {
			fmt.Println(s.Label)
		}
		return err
	})
	// Output: Firefox on Linux
}

func ExampleLogout() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := loggedIn(sessions, "ada")
	ada.Request(auth.Logout)
	ada.Request(func(ctx context.Context) error {
		user, err := auth.User(ctx)
		fmt.Printf("%q\n", user)
		return err
	})
	// Output: ""
}

// User is for pages that everybody may see.
func ExampleUser() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	greet := func(ctx context.Context) error {
		user, err := auth.User(ctx)
		if err != nil {
			return err
		}
		if user == "" {
			user = "stranger"
		}
		fmt.Println("Hello,", user)
		return nil
	}
	visitor.New(sessions).Request(greet)
	loggedIn(sessions, "ada").Request(greet)
	// Output:
	// Hello, stranger
	// Hello, ada
}

// Require is for pages that want a user. Its error is answered with 401, and with
// 503 while the store cannot be reached.
func ExampleRequire() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	orders := func(ctx context.Context) error {
		user, err := auth.Require(ctx)
		if err != nil {
			return err
		}
		fmt.Println("orders of", user)
		return nil
	}
	visitor.New(sessions).Request(orders)
	loggedIn(sessions, "ada").Request(orders)
	// Output:
	// 401 Unauthorized
	// orders of ada
}

// RequireSession is for a handler that has the session already.
func ExampleRequireSession() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		err := auth.RequireSession(s)
		fmt.Println(err == auth.ErrNotLoggedIn)
		return nil
	})
	// Output: true
}

// IsDenied tells a visitor who has to log in from a failure of the store, for
// which a login page is the wrong answer.
func ExampleIsDenied() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Request(func(ctx context.Context) error {
		_, err := auth.Require(ctx)
		if auth.IsDenied(err) {
			fmt.Println("redirect to /login")
			return nil
		}
		return err
	})
	// Output: redirect to /login
}

// loggedIn is a browser in which user has logged in.
func loggedIn(sessions *session.Manager, user string, options ...auth.LoginOption) *visitor.Visitor {
	browser := visitor.New(sessions)
	browser.Request(func(ctx context.Context) error { return auth.Login(ctx, user, options...) })
	return browser
}
