package session_test

import (
	"context"
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/internal/visitor"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A visitor who gets more rights gets a new session id with them. The values
// stay.
func ExampleSession_Renew() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Visit(func(s *session.Session) error { return session.Set(s, "cart", []string{"tea"}) })
	ada.Request(func(ctx context.Context) error {
		s, err := session.From(ctx)
		if err != nil {
			return err
		}
		before := s.ID()
		err = s.Renew(ctx)
		fmt.Println("same id", s.ID() == before, "keys", s.Keys())
		return err
	})
	// Output: same id false keys [cart]
}

// RenewAs is a login or, with "", its end: the visitor stays, with a new id and
// the values. [auth.Login] checks the user's name as well.
func ExampleSession_RenewAs() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	for _, user := range []string{"ada", ""} {
		ada.Request(func(ctx context.Context) error {
			s, err := session.From(ctx)
			if err != nil {
				return err
			}
			err = s.RenewAs(ctx, user)
			fmt.Printf("%q\n", s.User())
			return err
		})
	}
	// Output:
	// "ada"
	// ""
}

// A login that is remembered for 30 days, with a name for the user's own list of
// sessions. [auth.Login] has both as options.
func ExampleSession_LogIn() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Request(func(ctx context.Context) error {
		s, err := session.From(ctx)
		if err != nil {
			return err
		}
		return s.LogIn(ctx, session.Login{User: "ada", Remember: 30 * 24 * time.Hour, Label: "Firefox on Linux"})
	})
	list, err := sessions.UserSessions(context.Background(), "ada")
	for _, entry := range list {
		fmt.Println(entry.Record.Label, entry.Record.Deadline.Sub(entry.Record.Created))
	}
	fmt.Println(err)
	// Output:
	// Firefox on Linux 720h0m0s
	// <nil>
}

func ExampleSession_User() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Request(func(ctx context.Context) error {
		s, err := session.From(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("%q\n", s.User())
		err = s.RenewAs(ctx, "ada")
		fmt.Printf("%q\n", s.User())
		return err
	})
	// Output:
	// ""
	// "ada"
}

// Created is when the visitor came or, once somebody is logged in, the moment of
// the login.
func ExampleSession_Created() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		fmt.Println(time.Since(s.Created()).Round(time.Minute))
		return nil
	})
	// Output: 0s
}

// Deadline is when the session ends, used or not.
func ExampleSession_Deadline() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		fmt.Println(time.Until(s.Deadline()).Round(time.Minute))
		return nil
	})
	// Output: 24h0m0s
}

// A destroyed session takes nothing any more. Who asks for the session again, in
// the same request, gets a new one.
func ExampleSession_Destroy() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Visit(func(s *session.Session) error { return session.Set(s, "name", "Ada") })
	ada.Request(func(ctx context.Context) error {
		s, err := session.From(ctx)
		if err != nil {
			return err
		}
		if err := s.Destroy(ctx); err != nil {
			return err
		}
		fmt.Println(session.Set(s, "name", "Ada") == session.ErrDestroyed)
		s, err = session.From(ctx)
		fmt.Println(len(s.Keys()), "keys")
		return err
	})
	// Output:
	// true
	// 0 keys
}

// A password that was asked for again counts as much as a login, and is none: the
// session goes on under a new id. [auth.Confirm] looks who is logged in as well.
func ExampleSession_Confirm() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Request(func(ctx context.Context) error {
		s, err := session.From(ctx)
		if err == nil {
			err = s.RenewAs(ctx, "ada")
		}
		if err != nil {
			return err
		}
		before := s.ID()
		err = s.Confirm(ctx)
		fmt.Println("same id", s.ID() == before, "user", s.User())
		return err
	})
	// Output: same id false user ada
}

// Who has not logged in is not fresh. [auth.RequireFresh] has an error for either.
func ExampleSession_IsFresh() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Request(func(ctx context.Context) error {
		s, err := session.From(ctx)
		if err != nil {
			return err
		}
		fmt.Println(s.IsFresh(time.Hour))
		err = s.RenewAs(ctx, "ada")
		fmt.Println(s.IsFresh(time.Hour))
		return err
	})
	// Output:
	// false
	// true
}

func ExampleSession_Authenticated() {
	now := time.Now()
	sessions := visitor.Sessions(session.WithClock(func() time.Time { return now }))
	defer sessions.Close()
	visitor.New(sessions).Request(func(ctx context.Context) error {
		s, err := session.From(ctx)
		if err == nil {
			err = s.RenewAs(ctx, "ada")
		}
		if err != nil {
			return err
		}
		now = now.Add(time.Hour)
		err = s.Confirm(ctx)
		fmt.Println(s.Authenticated().Sub(s.Created()))
		return err
	})
	// Output: 1h0m0s
}
