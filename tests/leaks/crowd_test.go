package leaks

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

const (
	visitors = 8  // at once
	users    = 20 // that they log in as
)

// crowd are visitors of one app.
type crowd struct {
	sessions *session.Manager
	url      string
	client   *http.Client
}

func newCrowd(t *testing.T, m *session.Manager, serve adaptertest.Build) *crowd {
	with := func(handle func(x adaptertest.Exchange, s *session.Session) error) func(x adaptertest.Exchange) error {
		return func(x adaptertest.Exchange) error {
			s, err := x.Session()
			if err == nil {
				err = handle(x, s)
			}
			if err != nil {
				return err
			}
			return x.Write(http.StatusOK, s.User())
		}
	}
	route := func(path string, handle func(x adaptertest.Exchange, s *session.Session) error) adaptertest.Route {
		return adaptertest.Route{Method: "GET", Path: path, Handle: with(handle)}
	}
	transport := &http.Transport{MaxConnsPerHost: visitors, MaxIdleConnsPerHost: visitors}
	t.Cleanup(transport.CloseIdleConnections)
	return &crowd{
		sessions: m,
		client:   &http.Client{Transport: transport, Timeout: patience},
		url: serve(t, adaptertest.App{Sessions: m, Routes: []adaptertest.Route{
			route("/set", func(_ adaptertest.Exchange, s *session.Session) error { return session.Set(s, "key", "some value") }),
			route("/read", func(adaptertest.Exchange, *session.Session) error { return nil }),
			route("/login", func(x adaptertest.Exchange, _ *session.Session) error {
				return auth.Login(x.Context(), x.Query("user"))
			}),
			route("/logout", func(x adaptertest.Exchange, _ *session.Session) error { return auth.Logout(x.Context()) }),
			route("/brief", func(x adaptertest.Exchange, s *session.Session) error {
				return s.SetLifetime(time.Since(s.Created()) + 20*time.Millisecond)
			}),
		}}),
	}
}

// come has n sessions made, used, and two thirds of them ended: one third is
// logged out, another expires in a moment.
func (c *crowd) come(t *testing.T, n int) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range visitors {
		wait.Go(func() {
			for {
				i := int(next.Add(1))
				if i > n || t.Failed() {
					return
				}
				if err := c.visit(i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

func (c *crowd) visit(i int) error {
	user := fmt.Sprint("user", i%users)
	cookie := ""
	for _, step := range []struct{ path, want string }{
		{"/set", ""}, {"/login?user=" + user, user}, {"/read", user}, {[]string{"/logout", "/brief", "/read"}[i%3], ""},
	} {
		r, err := http.NewRequest("GET", c.url+step.path, nil)
		if err != nil {
			return err
		}
		r.Header.Set("Cookie", cookie)
		answer, err := c.client.Do(r)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK || step.want != "" && string(body) != step.want {
			return fmt.Errorf("%s: status %d, %q, want %q, %v", step.path, answer.StatusCode, body, step.want, err)
		}
		for _, set := range answer.Cookies() {
			cookie = set.Name + "=" + set.Value
		}
	}
	return nil
}

// leave ends the sessions that are left, as an operator would, and waits until
// the store has none.
func (c *crowd) leave(t *testing.T) {
	for i := range users {
		if _, err := c.sessions.DestroyUser(t.Context(), fmt.Sprint("user", i)); err != nil {
			t.Fatal(err)
		}
	}
	store := c.sessions.Store()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if sweeper, ok := store.(driver.Sweeper); ok {
			if _, err := sweeper.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		n, exact, err := store.(driver.Lister).Count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 && exact {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d sessions are left in the store", n)
		}
	}
}
