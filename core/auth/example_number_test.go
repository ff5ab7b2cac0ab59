package auth_test

import (
	"context"
	"fmt"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/internal/visitor"
)

// accountID is the app's own type.
type accountID int64

// Any type with a number below it is a [auth.Number].
func ExampleLoginID() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Request(func(ctx context.Context) error { return auth.LoginID(ctx, accountID(1815)) })
	ada.Request(func(ctx context.Context) error {
		user, err := auth.User(ctx)
		fmt.Println(user)
		return err
	})
	// Output: 1815
}

// greet is for apps with accounts of any number.
func greet[N auth.Number](ctx context.Context) error {
	id, err := auth.UserID[N](ctx)
	if id == 0 && err == nil {
		fmt.Println("hello, stranger")
	}
	return err
}

func ExampleUserID() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Request(greet[accountID])
	// Output: hello, stranger
}

func ExampleRequireID() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	account := func(ctx context.Context) error {
		id, err := auth.RequireID[accountID](ctx)
		if err == nil {
			fmt.Println("account", id)
		}
		return err
	}
	ada := visitor.New(sessions)
	ada.Request(account)
	ada.Request(func(ctx context.Context) error { return auth.LoginID(ctx, accountID(1815)) })
	ada.Request(account)
	// Output:
	// 401 Unauthorized
	// account 1815
}
