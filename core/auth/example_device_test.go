package auth_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/internal/visitor"
)

// The address of the login, for the user's list. Behind a proxy r.RemoteAddr is the
// proxy's: what to believe instead is the app's to say.
func ExampleIP() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	app := httpsession.Middleware(sessions)(httpsession.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		if err := auth.Login(r.Context(), "ada", auth.IP(r.RemoteAddr)); err != nil {
			return err
		}
		list, err := auth.Sessions(r.Context(), sessions)
		for _, s := range list {
			fmt.Println(s.From)
		}
		return err
	}))
	visitor.New(sessions).Send(app, httptest.NewRequest("POST", "/login", nil))
	// Output: 192.0.2.1
}

// The network alone, where a whole address is more than the list needs.
func ExampleNetwork() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	for _, addr := range []string{"192.0.2.1:1234", "2001:db8:1:2:3:4:5:6"} {
		visitor.New(sessions).Request(func(ctx context.Context) error {
			if err := auth.Login(ctx, addr, auth.Network(addr)); err != nil {
				return err
			}
			list, err := auth.Sessions(ctx, sessions)
			for _, s := range list {
				fmt.Println(s.From)
			}
			return err
		})
	}
	// Output:
	// 192.0.2.0/24
	// 2001:db8:1::/48
}

func ExampleLastUsed() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	loggedIn(sessions, "ada", auth.LastUsed()).Request(func(ctx context.Context) error {
		list, err := auth.Sessions(ctx, sessions)
		for _, s := range list {
			fmt.Println("used within the last ten minutes:", time.Since(s.LastUsed) <= 10*time.Minute)
		}
		return err
	})
	// Output: used within the last ten minutes: true
}
