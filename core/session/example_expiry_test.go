package session_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gosessionkit/sessionkit/core/internal/visitor"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Whoever needs it longer than others keeps a session for a week.
func ExampleSession_SetLifetime() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Visit(func(s *session.Session) error {
		if err := session.Set(s, "draft", "Dear all,"); err != nil {
			return err
		}
		return s.SetLifetime(7 * 24 * time.Hour)
	})
	ada.Visit(func(s *session.Session) error {
		fmt.Println(s.Deadline().Sub(s.Created()))
		return nil
	})
	// Output: 168h0m0s
}

// On a shared computer the cookie ends with the browser. The session ends when
// its lifetime does.
func ExampleSession_SetPersistent() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	cookie := func(res *http.Response) { fmt.Println("Max-Age", res.Cookies()[0].MaxAge) }
	ada := visitor.New(sessions)
	cookie(ada.Visit(func(s *session.Session) error { return session.Set(s, "name", "Ada") }))
	cookie(ada.Visit(func(s *session.Session) error { return s.SetPersistent(false) }))
	// Output:
	// Max-Age 86400
	// Max-Age 0
}

// Created, Deadline and Expires are when a session began, when it ends at the
// latest, and when it ends without use.
func ExampleSession_Expires() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Visit(func(s *session.Session) error {
		if err := session.Set(s, "name", "Ada"); err != nil {
			return err
		}
		return s.SetIdleTimeout(30 * time.Minute)
	})
	ada.Visit(func(s *session.Session) error {
		fmt.Println("ends at the latest after", s.Deadline().Sub(s.Created()))
		fmt.Println("ends without use after", s.Expires().Sub(s.Created()).Round(time.Minute))
		return nil
	})
	// Output:
	// ends at the latest after 24h0m0s
	// ends without use after 30m0s
}

// A websocket is one request that lasts. It says by itself that the visitor is
// still there.
func ExampleSession_Touch() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Visit(func(s *session.Session) error {
		if err := session.Set(s, "name", "Ada"); err != nil {
			return err
		}
		return s.SetIdleTimeout(30 * time.Minute)
	})
	ada.Request(func(ctx context.Context) error {
		s, err := session.From(ctx)
		if err != nil {
			return err
		}
		for range 3 { // for each message that comes in
			if err := s.Touch(ctx); err != nil {
				return err // session.ErrGone: logged out elsewhere
			}
		}
		fmt.Println(time.Until(s.Expires()).Round(time.Minute))
		return nil
	})
	// Output: 30m0s
}
