//go:build unix

package tests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

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
			trial.Within(t, 5*time.Second, "the start that fails", took)
			if err == nil {
				t.Error("exit status 0")
			}
			if strings.Contains(out, "hunter2") || !strings.Contains(out, "127.0.0.1:1") || strings.Count(out, "cannot reach Redis") != 1 {
				t.Errorf("it says:\n%s", out)
			}
		})
	}
}
