package session_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/internal/visitor"
	"github.com/gosessionkit/sessionkit/core/session"
)

// The page has a place for errors; what else there is waits for another page.
func ExampleSession_FlashesOf() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Visit(func(s *session.Session) error {
		s.Flash("success", "saved")
		return s.Flash("error", "the mail could not be sent")
	})
	ada.Visit(func(s *session.Session) error {
		errors, err := s.FlashesOf("error")
		fmt.Println(errors)
		return err
	})
	ada.Visit(func(s *session.Session) error {
		rest, err := s.Flashes()
		fmt.Println(rest)
		return err
	})
	// Output:
	// [{error the mail could not be sent}]
	// [{success saved}]
}

// Visitors of the shop may have a session of the back office beside theirs.
func ExampleManager_Named() {
	shop := visitor.Sessions()
	defer shop.Close()
	office, err := shop.Named("office")
	if err != nil {
		fmt.Println(err)
		return
	}
	handle := func(w http.ResponseWriter, r *http.Request) error {
		inShop, err := shop.From(r.Context())
		if err != nil {
			return err
		}
		inOffice, err := office.From(r.Context())
		if err != nil {
			return err
		}
		session.Set(inShop, "cart", 3)
		return session.Set(inOffice, "desk", 7)
	}
	app := httpsession.Middleware(shop)(httpsession.Middleware(office)(httpsession.HandlerFunc(handle)))
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	for _, cookie := range w.Result().Cookies() {
		fmt.Println(cookie.Name)
	}
	// Unordered output:
	// session
	// office
}

// A session that ends a week after it was last used, however old it is.
func ExampleSession_EndAfter() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		session.Set(s, "name", "Ada")
		if err := s.EndAfter(7 * 24 * time.Hour); err != nil {
			return err
		}
		err := s.Commit(context.Background())
		fmt.Println(time.Until(s.Deadline()).Round(time.Hour))
		return err
	})
	// Output: 168h0m0s
}

// The app kept logins in signed cookies of its own before, called "login".
func ExampleWithPredecessor() {
	before := driver.Predecessor{
		Cookie: "login",
		Load: func(_ context.Context, value string) (*driver.Inheritance, error) {
			if value != "signed:ada" { // the check of the signature that the app had
				return nil, nil
			}
			return &driver.Inheritance{User: "ada", Values: map[string]any{"theme": "dark"}}, nil
		},
	}
	sessions := visitor.Sessions(session.WithPredecessor(before))
	defer sessions.Close()
	app := httpsession.Middleware(sessions)(httpsession.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		s, err := session.From(r.Context())
		if err != nil {
			return err
		}
		theme, err := session.Get[string](s, "theme")
		fmt.Println(s.User(), theme, s.Status().State == session.StateMigrated)
		return err
	}))
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", "login=signed:ada")
	app.ServeHTTP(httptest.NewRecorder(), r)
	// Output: ada dark true
}
