package auth_test

import (
	"context"
	"fmt"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/internal/visitor"
)

// User is the app's own type.
type User struct{ Name string }

var accounts = map[string]*User{"ada": {"Ada Lovelace"}}

// users loads the app's own user. Many handlers may call Current in one request:
// the account is loaded once.
var users = auth.UserLoader[*User]{Load: func(_ context.Context, id string) (*User, error) {
	user := accounts[id] // a query to the database
	if user == nil {
		return nil, auth.ErrUnknownUser // the session ends
	}
	return user, nil
}}

func ExampleUserLoader() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	page := func(ctx context.Context) error {
		user, err := users.Current(ctx)
		if err != nil {
			return err
		}
		fmt.Println(user.Name)
		return nil
	}
	loggedIn(sessions, "ada").Request(page)
	loggedIn(sessions, "eve").Request(page) // whose account was deleted
	// Output:
	// Ada Lovelace
	// 401 Unauthorized
}

func ExampleUserLoader_Current() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Request(func(ctx context.Context) error {
		user, err := users.Current(ctx)
		fmt.Println(user == nil, err)
		return err
	})
	// Output:
	// true auth: nobody is logged in
	// 401 Unauthorized
}
