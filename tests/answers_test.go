//go:build unix

package tests

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"path/filepath"
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
			body := b.Open("/stream")
			chunks := bufio.NewReader(body)
			if _, err := chunks.ReadByte(); err != nil {
				t.Fatal(err)
			}
			first := time.Now()
			if _, err := io.Copy(io.Discard, chunks); err != nil {
				t.Fatal(err)
			}
			body.Close()
			if gap := time.Since(first); gap < 150*time.Millisecond {
				t.Errorf("the end came %v after the first byte", gap)
			}
			if me := b.Me(); me.Values["late"] != float64(1) {
				t.Errorf("logged in %v: %+v", login, me)
			}
		}
	})
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
					if !strings.Contains(strings.Join(c, " "), "workers") { // the heartbeat, off the request path
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

// The store's id may vanish or be replaced under running workers: nobody is
// logged out, by them or by those started later.
func TestStoreIDLost(t *testing.T) {
	t.Parallel()
	lost := func(t *testing.T, router string, args []string, lose func(value string)) {
		app := trial.Start(t, router, append(args, "--workers", "2")...)
		ada := app.NewBrowser()
		ada.Login("ada")
		for _, value := range []string{"", "deadbeef", "garbage"} {
			lose(value)
			later := trial.Start(t, router, append(args, "--workers", "1")...)
			for range 10 {
				if me := ada.Me(); me.Name() != "ada" {
					t.Fatalf("id %q, worker from before: %+v", value, me)
				}
				if me := ada.Clone(later.URL).Me(); me.Name() != "ada" {
					t.Fatalf("id %q, worker started later: %+v", value, me)
				}
			}
		}
	}
	for _, router := range trial.Routers {
		t.Run(router+"/file", func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir() + "/sessions"
			lost(t, router, []string{"--secret-key", secret, "--session-dir", dir}, func(value string) {
				path := filepath.Join(dir, "store-id")
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
				if value != "" {
					if err := os.WriteFile(path, []byte(value), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			})
		})
		t.Run(router+"/redis", func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			lost(t, router, []string{"--secret-key", secret, "--redis-url", server.URL()}, func(value string) {
				if value == "" {
					server.Do("DEL", "session:store-id")
				} else {
					server.Do("SET", "session:store-id", value)
				}
			})
		})
	}
}

// A record that cannot be read costs its visitor the session and nothing
// else: it is set aside, and the log says so.
func TestGarbageRecord(t *testing.T) {
	t.Parallel()
	spoiled := func(t *testing.T, app *trial.App, spoil func()) {
		ada, bob := app.NewBrowser(), app.NewBrowser()
		ada.Login("ada")
		spoil()
		bob.Login("bob")
		if me := ada.Me(); me.Name() != "" {
			t.Errorf("the visitor of the spoiled record: %+v", me)
		}
		ada.Login("ada")
		if me := ada.Me(); me.Name() != "ada" {
			t.Errorf("after logging in again: %+v", me)
		}
		if me := bob.Me(); me.Name() != "bob" {
			t.Errorf("another visitor: %+v", me)
		}
		if !strings.Contains(app.Log(), "set aside") {
			t.Errorf("the log does not say so:\n%s", app.Log())
		}
	}
	for _, router := range trial.Routers {
		t.Run(router+"/file", func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir() + "/sessions"
			app := trial.Start(t, router, "--secret-key", secret, "--session-dir", dir, "--workers", "2")
			spoiled(t, app, func() {
				files, err := filepath.Glob(filepath.Join(dir, "sessions", "*", "*.json"))
				if err != nil || len(files) != 1 {
					t.Fatalf("records: %v, %v", files, err)
				}
				info, _ := os.Stat(files[0])
				if err := os.WriteFile(files[0], []byte("{\"rev\":1,garbage"), 0o600); err != nil {
					t.Fatal(err)
				}
				os.Chtimes(files[0], info.ModTime(), info.ModTime())
			})
		})
		t.Run(router+"/redis", func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			app := trial.Start(t, router, "--secret-key", secret, "--redis-url", server.URL(), "--workers", "2")
			watch := server.Watch()
			spoiled(t, app, func() {
				for _, c := range watch.Commands() {
					for _, arg := range c {
						if strings.HasPrefix(arg, "session:") && len(arg) == len("session:")+22 {
							server.Do("SET", arg, "garbage")
							return
						}
					}
				}
				t.Fatal("no record was written")
			})
		})
	}
}

// A Redis that is not there stops the start, soon and in one clear line.
func TestUnreachableRedis(t *testing.T) {
	t.Parallel()
	for _, router := range trial.Routers {
		t.Run(router, func(t *testing.T) {
			t.Parallel()
			out, took, err := trial.Run(t, router, "--workers", "3", "--redis-url", "redis://ada:hunter2@127.0.0.1:1/0")
			if err == nil || took > 5*time.Second {
				t.Errorf("exit %v after %v", err, took)
			}
			if strings.Contains(out, "hunter2") || !strings.Contains(out, "127.0.0.1:1") || strings.Count(out, "cannot reach Redis") != 1 {
				t.Errorf("it says:\n%s", out)
			}
		})
	}
}
