package auth_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/internal/visitor"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Who wants to change his mail address has to have given the password within the last
// ten minutes.
func ExampleRequireFresh() {
	now := time.Now()
	sessions := visitor.Sessions(session.WithClock(func() time.Time { return now }))
	defer sessions.Close()
	ada := loggedIn(sessions, "ada")
	change := func() {
		ada.Request(func(ctx context.Context) error {
			user, err := auth.RequireFresh(ctx, 10*time.Minute)
			if err != nil {
				return err
			}
			fmt.Println("changed for", user)
			return nil
		})
	}
	change()
	now = now.Add(11 * time.Minute)
	change()
	// Output:
	// changed for ada
	// 401 Unauthorized
}

// A form that asks for the password again.
func ExampleConfirm() {
	now := time.Now()
	sessions := visitor.Sessions(session.WithClock(func() time.Time { return now }))
	defer sessions.Close()
	ada := loggedIn(sessions, "ada")
	now = now.Add(time.Hour)
	ada.Request(func(ctx context.Context) error {
		user, err := auth.Require(ctx)
		if err != nil {
			return err
		}
		if !checkPassword(user, "lovelace") {
			return auth.ErrNotFresh
		}
		return auth.Confirm(ctx)
	})
	ada.Request(func(ctx context.Context) error {
		_, err := auth.RequireFresh(ctx, 10*time.Minute)
		fmt.Println("may go on:", err == nil)
		return err
	})
	// Output: may go on: true
}

func ExampleRequireFreshSession() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	loggedIn(sessions, "ada").Visit(func(s *session.Session) error {
		fmt.Println(auth.RequireFreshSession(s, time.Hour))
		return nil
	})
	// Output: <nil>
}

// The page that asks for the password says why.
func ExampleNotFreshError() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	loggedIn(sessions, "ada").Request(func(ctx context.Context) error {
		_, err := auth.RequireFresh(ctx, 0) // nobody is as fresh as that
		if stale, ok := errors.AsType[*auth.NotFreshError](err); ok {
			fmt.Println("logged in lately:", time.Since(stale.At) < time.Hour, "asked for:", stale.MaxAge)
		}
		return nil
	})
	// Output: logged in lately: true asked for: 0s
}
