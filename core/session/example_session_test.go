package session_test

import (
	"context"
	"fmt"

	"github.com/gosessionkit/sessionkit/core/internal/visitor"
	"github.com/gosessionkit/sessionkit/core/session"
)

// From takes the request's context, and returns the same session wherever in the
// request it is called.
func ExampleFrom() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Request(func(ctx context.Context) error { // r.Context()
		s, err := session.From(ctx)
		if err != nil {
			return err
		}
		again, err := session.From(ctx)
		fmt.Println(s == again)
		return err
	})
	_, err := session.From(context.Background()) // not of a request
	fmt.Println(err == session.ErrNoMiddleware)
	// Output:
	// true
	// true
}

// Two parts of a request need the same row of the database. It is read once.
func ExampleSession_Once() {
	type shopKey struct{}
	loadShop := func() (any, error) {
		fmt.Println("SELECT ...")
		return "Ada's Teas", nil
	}
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		for range 2 {
			shop, err := s.Once(shopKey{}, loadShop)
			if err != nil {
				return err
			}
			fmt.Println(shop)
		}
		return nil
	})
	// Output:
	// SELECT ...
	// Ada's Teas
	// Ada's Teas
}

// Most handlers leave saving to the middleware. Commit is for what must be in the
// store before the handler goes on, such as before it calls another service that
// reads the session.
func ExampleSession_Commit() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Request(func(ctx context.Context) error {
		s, err := session.From(ctx)
		if err != nil {
			return err
		}
		if err := session.Set(s, "order", 42); err != nil {
			return err
		}
		fmt.Println("modified", s.Modified(), "revision", s.Revision())
		err = s.Commit(ctx)
		fmt.Println("modified", s.Modified(), "revision", s.Revision())
		return err
	})
	// Output:
	// modified true revision 0
	// modified false revision 1
}

// Modified reports whether the end of the request has something to save.
func ExampleSession_Modified() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		fmt.Println(s.Has("visits"), s.Modified())
		err := session.Set(s, "visits", 1)
		fmt.Println(s.Has("visits"), s.Modified())
		return err
	})
	// Output:
	// false false
	// true true
}

// Each save raises the revision, by whatever request.
func ExampleSession_Revision() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	for n := range 3 {
		ada.Visit(func(s *session.Session) error {
			fmt.Println(s.Revision())
			return session.Set(s, "page", n)
		})
	}
	// Output:
	// 0
	// 1
	// 2
}

// A request that waits for another one looks again for what that one has saved.
func ExampleSession_Reload() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Visit(func(s *session.Session) error { return session.Set(s, "payment", "pending") })
	ada.Request(func(ctx context.Context) error {
		s, err := session.From(ctx)
		if err != nil {
			return err
		}
		ada.Visit(func(other *session.Session) error { // the bank's answer, on another worker
			return session.Set(other, "payment", "done")
		})
		before, _ := session.Get[string](s, "payment")
		err = s.Reload(ctx)
		after, _ := session.Get[string](s, "payment")
		fmt.Println(before, after)
		return err
	})
	// Output: pending done
}

// A page greets a visitor by how the request came to its session.
func ExampleSession_Status() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	page := func(s *session.Session) error {
		switch status := s.Status(); status.State {
		case session.StateNew:
			fmt.Println("welcome")
		case session.StateLoaded:
			fmt.Println("welcome back")
		case session.StateRejected: // expired, ended, or signed with another key
			fmt.Println("welcome again:", status.Reason)
		case session.StateOutage: // with --session-on-outage anonymous
			fmt.Println("read only")
		}
		return session.Set(s, "seen", true)
	}
	ada := visitor.New(sessions)
	ada.Visit(page)
	ada.Visit(page)
	if _, err := sessions.DestroyAll(context.Background()); err != nil {
		fmt.Println(err)
	}
	ada.Visit(page)
	// Output:
	// welcome
	// welcome back
	// welcome again: not-found
}

// ID names a session in the app's own log. It is of no use as a cookie.
func ExampleSession_ID() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		var id session.ID = s.ID()
		fmt.Println(len(id.String()), len(id.Short()))
		return nil
	})
	// Output: 22 8
}

func ExampleSession_CookieName() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		fmt.Println(s.CookieName())
		return nil
	})
	// Output: session
}
