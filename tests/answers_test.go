//go:build unix

package tests

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// The first chunk arrives before the second is produced, and what was set
// after the flush is there on the next request.
func TestStream(t *testing.T) {
	matrix(t, func(t *testing.T, router string, args []string) {
		app := trial.Start(t, router, append(args, "--workers", "2")...)
		for _, login := range []bool{false, true} {
			b := app.NewBrowser()
			if login {
				b.Login("ada")
			}
			apart := time.Duration(0)
			for try := 0; apart < 150*time.Millisecond && try < 50; try++ {
				apart = max(apart, streamed(t, b))
			}
			if apart < 150*time.Millisecond {
				t.Errorf("the end came %v after the first byte", apart)
			}
			if me := b.Me(); me.Values["late"] != float64(1) {
				t.Errorf("logged in %v: %+v", login, me)
			}
		}
	})
}

// streamed returns how long after the first byte of a stream its end came. On a
// busy machine the first byte may be seen late, and never too early.
func streamed(t *testing.T, b *trial.Browser) time.Duration {
	t.Helper()
	body := b.Open("/stream")
	defer body.Close()
	chunks := bufio.NewReader(body)
	if _, err := chunks.ReadByte(); err != nil {
		t.Fatal(err)
	}
	first := time.Now()
	if _, err := io.Copy(io.Discard, chunks); err != nil {
		t.Fatal(err)
	}
	return time.Since(first)
}

// What the store is asked: nothing for a request that needs no session, one
// command to read, two to change, one for the first login.
func TestRedisCommands(t *testing.T) {
	t.Parallel()
	for _, router := range trial.Routers {
		t.Run(router, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			app := trial.Start(t, router, "--secret-key", secret, "--redis-url", server.URL(), "--workers", "2")
			b := app.NewBrowser()
			watch := server.Watch()
			steps := []struct {
				name     string
				do       func()
				commands int
			}{
				{"plain without a cookie", func() { b.Do(http.StatusOK, "GET", "/plain") }, 0},
				{"me without a cookie", func() { b.Me() }, 0},
				{"first login", func() { b.Login("ada") }, 1},
				{"plain", func() { b.Do(http.StatusOK, "GET", "/plain") }, 0},
				{"me", func() { b.Me() }, 1},
				{"items", func() { b.Do(http.StatusNoContent, "POST", "/items", "key", "a", "value", "1") }, 2},
				{"items again", func() { b.Do(http.StatusNoContent, "POST", "/items", "key", "a", "value", "2") }, 2},
				{"count", func() { b.Count() }, 2},
				{"private", func() { b.Do(http.StatusOK, "GET", "/private") }, 1},
				{"logout", func() { b.Do(http.StatusSeeOther, "POST", "/logout") }, 2},
			}
			for _, step := range steps {
				watch.Commands()
				step.do()
				var about [][]string
				for _, c := range watch.Commands() {
					line := strings.Join(c, " ")
					if !strings.Contains(line, "workers") && !strings.Contains(line, "store-id") { // the heartbeat, off the request path
						about = append(about, c)
					}
				}
				if len(about) != step.commands {
					t.Errorf("%s: %d commands, want %d: %q", step.name, len(about), step.commands, about)
				}
			}
		})
	}
}

// Whatever comes as a cookie, the answer is a page and never a 500.
func TestBadCookies(t *testing.T) {
	matrix(t, func(t *testing.T, router string, args []string) {
		app := trial.Start(t, router, append(args, "--workers", "1")...)
		ada := app.NewBrowser()
		ada.Login("ada")
		good := ada.Cookie()
		for name, cookie := range map[string]string{
			"empty":      "session=",
			"large":      "session=" + strings.Repeat("x", 3000),
			"not base64": "session=v1.!!!!!!!!!!!!!!!!!!!!!!.!!!!!!!!!!!.!!!!!!!!!!!!!!!!!!!!!!",
			"cut":        "session=" + good[:40],
			"edited":     "session=" + good[:50] + "AAAAAAAAAA",
			"only names": "session; session; =; ;;",
		} {
			answer := app.NewBrowser().With("Cookie", cookie).Do(http.StatusOK, "GET", "/me")
			if strings.Contains(answer.Body, "ada") {
				t.Errorf("%s: %s", name, answer.Body)
			}
		}
		for _, cookie := range []string{"session=x; session=" + good, "session=" + good + "; session=x"} {
			if body := app.NewBrowser().With("Cookie", cookie).Do(http.StatusOK, "GET", "/me").Body; !strings.Contains(body, "ada") {
				t.Errorf("doubled: %s", body)
			}
		}
		// Larger than the server takes: refused, and the server goes on.
		if a, err := app.NewBrowser().With("Cookie", "session="+strings.Repeat("x", 100_000)).Try("GET", "/me"); err == nil && a.Status == http.StatusInternalServerError {
			t.Errorf("100 KB: %d", a.Status)
		}
		if me := ada.Me(); me.Name() != "ada" {
			t.Errorf("afterwards: %+v", me)
		}
	})
}
