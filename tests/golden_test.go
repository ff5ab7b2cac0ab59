package tests

import (
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// goldenFile has sessions as an earlier version left them: what the browser
// holds, and the record in the store. The folder beside it is that version's file
// store with the same sessions. Both were written by commit bda9962 and never
// change: what no longer reads them logs everybody out.
const goldenFile = "testdata/golden/sessions.json"

type goldenSession struct {
	User       string `json:"user"` // who is logged in
	CookieName string `json:"cookie_name"`
	Cookie     string `json:"cookie"`
	ID         string `json:"id"`
	Record     string `json:"record"`
}

func readGolden(t *testing.T) (key config.Secret, list []goldenSession) {
	t.Helper()
	text, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		SecretKey string          `json:"secret_key"`
		Sessions  []goldenSession `json:"sessions"`
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	return config.NewSecret(golden.SecretKey), golden.Sessions
}

// A record and a cookie of an earlier version are accepted, on each store.
func TestGoldenSessions(t *testing.T) {
	t.Parallel()
	key, list := readGolden(t)
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		store := memstore.New(0)
		for _, g := range list {
			r, err := driver.ParseRecord(g.Record)
			if err != nil {
				t.Fatal(err)
			}
			r.Revision = 0 // it is created anew
			if err := store.Save(t.Context(), g.id(t), r); err != nil {
				t.Fatal(err)
			}
		}
		acceptsGolden(t, store, key, list)
	})
	t.Run("file", func(t *testing.T) {
		t.Parallel()
		store := goldenFolder(t, list)
		for _, g := range list {
			g.isStored(t, store)
		}
		acceptsGolden(t, store, key, list)
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		server := redistest.Start(t)
		options, err := goredis.ParseURL(server.URL())
		if err != nil {
			t.Fatal(err)
		}
		client := goredis.NewClient(options)
		t.Cleanup(func() { client.Close() })
		store := redis.New(client)
		for _, g := range list {
			if err := client.Set(t.Context(), redis.DefaultPrefix+g.ID, g.Record, 24*time.Hour).Err(); err != nil {
				t.Fatal(err)
			}
		}
		acceptsGolden(t, store, key, list)
	})
}

func (g goldenSession) id(t *testing.T) driver.ID {
	t.Helper()
	id, err := driver.ParseID(g.ID)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// isStored wants the very record from the store.
func (g goldenSession) isStored(t *testing.T, store driver.Store) {
	t.Helper()
	r, err := store.Load(t.Context(), g.id(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(r.AppendJSON(nil)); got != g.Record {
		t.Errorf("got  %s\nwant %s", got, g.Record)
	}
}

// goldenFolder opens a copy of the earlier version's folder. Git keeps neither
// permissions nor times, which are when the sessions expire.
func goldenFolder(t *testing.T, list []goldenSession) driver.Store {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "sessions")
	if err := os.CopyFS(dir, os.DirFS("testdata/golden/folder")); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			return os.Chmod(path, 0o700)
		}
		if err == nil {
			err = os.Chmod(path, 0o600)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range list {
		r, err := driver.ParseRecord(g.Record)
		if err != nil {
			t.Fatal(err)
		}
		name := g.id(t).Hex()
		if err := os.Chtimes(filepath.Join(dir, "sessions", name[:2], name+".json"), time.Time{}, r.Expires); err != nil {
			t.Fatal(err)
		}
	}
	store, err := file.Open(dir, file.WithSweepInterval(-1), file.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// acceptsGolden visits with each of the cookies, and changes each session.
func acceptsGolden(t *testing.T, store driver.Store, key config.Secret, list []goldenSession) {
	t.Helper()
	t.Cleanup(func() { store.Close() })
	for _, g := range list {
		cfg := config.Config{Mode: config.Test, SecretKey: key, Cookie: config.Cookie{Name: g.CookieName}}
		sessions, err := session.NewManager(t.Context(), cfg, store, session.WithLogger(slog.New(slog.DiscardHandler)))
		if err != nil {
			t.Fatal(err)
		}
		g.visit(t, sessions, func(s *session.Session) {
			if s.ID() != g.id(t) || s.Status().State != session.StateLoaded {
				t.Fatalf("the cookie of %s led to %s: %v", g.ID, s.ID(), s.Status())
			}
			g.check(t, s)
			if err := session.Set(s, "now", "changed"); err != nil {
				t.Error(err)
			}
		})
		g.visit(t, sessions, func(s *session.Session) {
			if now, err := session.Get[string](s, "now"); now != "changed" || err != nil {
				t.Errorf("the change is not there: %q, %v", now, err)
			}
			g.check(t, s)
		})
		if g.User == "" {
			g.visit(t, sessions, func(s *session.Session) {
				messages, err := s.Flashes()
				if len(messages) != 1 || messages[0] != (session.Message{Kind: "success", Text: "Saved."}) || err != nil {
					t.Errorf("messages %v, %v", messages, err)
				}
			})
			continue
		}
		if _, err := sessions.DestroyUser(t.Context(), g.User); err != nil {
			t.Error(err)
		}
		g.visit(t, sessions, func(s *session.Session) {
			if s.User() != "" {
				t.Errorf("%s is logged in after the end of all sessions", g.User)
			}
		})
	}
}

func (g goldenSession) visit(t *testing.T, sessions *session.Manager, do func(s *session.Session)) {
	t.Helper()
	r := &http.Request{Header: http.Header{"Cookie": {g.CookieName + "=" + g.Cookie}}}
	sessiontest.Prepare(t, sessions, r, func(ctx context.Context) error {
		s, err := session.From(ctx)
		if err == nil {
			do(s)
		}
		return err
	})
}

// check wants what the earlier version was told to keep.
func (g goldenSession) check(t *testing.T, s *session.Session) {
	t.Helper()
	type item struct {
		Name     string `json:"name"`
		Quantity int    `json:"quantity"`
	}
	if s.User() != g.User || s.Deadline().Year() != 2256 {
		t.Errorf("%s: %q is logged in until %v", g.ID, s.User(), s.Deadline())
	}
	switch g.User {
	case "":
		wantGolden(t, s, "count", 3)
		wantGolden(t, s, "grüße", "a \"quoted\" <text>\nof two lines \U0001F375")
		wantGolden(t, s, "cart", []item{{"tea", 2}})
	case "ada":
		wantGolden(t, s, "count", int64(1)<<53+1)
		wantGolden(t, s, "later", true)
	}
}

func wantGolden[T any](t *testing.T, s *session.Session, key string, want T) {
	t.Helper()
	if got, err := session.Get[T](s, key); !reflect.DeepEqual(got, want) || err != nil {
		t.Errorf("%q holds %v, %v, want %v", key, got, err, want)
	}
}
