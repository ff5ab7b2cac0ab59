package auth_test

import (
	"context"
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/internal/visitor"
)

// A page says since when its user is logged in. What needs a fresh login asks with
// RequireFresh.
func ExampleLoginTime() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	loggedIn(sessions, "ada").Request(func(ctx context.Context) error {
		at, err := auth.LoginTime(ctx)
		if err != nil {
			return err
		}
		fmt.Println("logged in today:", time.Since(at) < 24*time.Hour)
		return nil
	})
	// Output: logged in today: true
}

// A page on which users see where they are logged in.
func ExampleSessions() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	loggedIn(sessions, "ada", auth.Label("Safari on iOS"))
	ada := loggedIn(sessions, "ada", auth.Label("Firefox on Linux"))
	ada.Request(func(ctx context.Context) error {
		list, err := auth.Sessions(ctx, sessions)
		if err != nil {
			return err
		}
		var here auth.SessionInfo
		for _, s := range list {
			if s.Current {
				here = s
			}
		}
		fmt.Println(len(list), "sessions, this is", here.Label)
		return nil
	})
	// Output: 2 sessions, this is Firefox on Linux
}

// The list has a button for each session. The id of one comes back as text.
func ExampleEndSession() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	phone := loggedIn(sessions, "ada", auth.Label("Safari on iOS"))
	loggedIn(sessions, "ada", auth.Label("Firefox on Linux")).Request(func(ctx context.Context) error {
		list, err := auth.Sessions(ctx, sessions)
		if err != nil {
			return err
		}
		for _, s := range list {
			if s.Label == "Safari on iOS" {
				err = auth.EndSession(ctx, sessions, s.ID) // driver.ParseID reads the text of an ID
			}
		}
		return err
	})
	phone.Request(func(ctx context.Context) error {
		_, err := auth.Require(ctx)
		return err
	})
	// Output: 401 Unauthorized
}

// After a change of the password all other sessions of the user end.
func ExampleLogoutOthers() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	phone, desktop := loggedIn(sessions, "ada"), loggedIn(sessions, "ada")
	desktop.Request(func(ctx context.Context) error {
		ended, err := auth.LogoutOthers(ctx, sessions)
		fmt.Println(ended, "ended")
		return err
	})
	for _, browser := range []*visitor.Visitor{phone, desktop} {
		browser.Request(func(ctx context.Context) error {
			user, err := auth.User(ctx)
			fmt.Printf("%q\n", user)
			return err
		})
	}
	// Output:
	// 1 ended
	// ""
	// "ada"
}

func ExampleLogoutEverywhere() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	loggedIn(sessions, "ada")
	loggedIn(sessions, "ada").Request(func(ctx context.Context) error {
		ended, err := auth.LogoutEverywhere(ctx, sessions)
		fmt.Println(ended, "ended")
		return err
	})
	// Output: 2 ended
}
