package file_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/file"
)

// A folder that is moved away and back brings its sessions back. So while it
// is away nobody hears that one of them has ended, or was never there.
func TestFolderMovedAway(t *testing.T) {
	t.Parallel()
	for name, folder := range map[string]func(dir string, id driver.ID) string{
		"all, and an empty one is there": func(dir string, _ driver.ID) string { return dir },
		"all":                            func(dir string, _ driver.ID) string { return dir },
		"all above it":                   func(dir string, _ driver.ID) string { return filepath.Dir(dir) },
		"the sessions":                   func(dir string, _ driver.ID) string { return filepath.Join(dir, "sessions") },
		"one shard":                      func(dir string, id driver.ID) string { return filepath.Dir(pathOf(dir, id)) },
	} {
		for who, opener := range openers {
			t.Run(name+"/"+who, func(t *testing.T) {
				t.Parallel()
				dir := filepath.Join(newDir(t), "store")
				id, s, r := opener(t, dir)
				away := folder(dir, id)
				back := moveAway(t, away)
				if name == "all, and an empty one is there" {
					mkdir(t, away, 0o700)
				}
				check(t, s.Ping(t.Context())) // gives nothing up so soon
				wantVanished(t, s, id, r)
				back()
				got := mustLoad(t, s, id)
				mustSave(t, s, id, got)
				check(t, s.Delete(t.Context(), id))
				_, err := s.Load(t.Context(), id)
				wantErr(t, err, driver.ErrNotFound)
			})
		}
	}
}

// openers give a store with a session in it, which it knows of from its own
// doing or from another process's.
var openers = map[string]func(t *testing.T, dir string) (driver.ID, *file.Store, *driver.Record){
	"it saved it": func(t *testing.T, dir string) (driver.ID, *file.Store, *driver.Record) {
		s, id, r := open(t, dir), newID(), record("ada", "k", "v")
		mustSave(t, s, id, r)
		return id, s, r
	},
	"it loaded it": func(t *testing.T, dir string) (driver.ID, *file.Store, *driver.Record) {
		s, id, r := open(t, dir), newID(), record("ada", "k", "v")
		mustSave(t, open(t, dir), id, r)
		mustLoad(t, s, id)
		return id, s, r
	},
	"it found it": func(t *testing.T, dir string) (driver.ID, *file.Store, *driver.Record) {
		id, r := newID(), record("ada", "k", "v")
		mustSave(t, open(t, dir), id, r)
		return id, open(t, dir), r
	},
	"its beat saw it": func(t *testing.T, dir string) (driver.ID, *file.Store, *driver.Record) {
		s, id, r := open(t, dir), newID(), record("ada", "k", "v")
		mustSave(t, open(t, dir), id, r)
		_, err := s.Identify(t.Context(), driver.StoreID{1})
		check(t, err)
		return id, s, r
	},
}

func moveAway(t *testing.T, folder string) (back func()) {
	t.Helper()
	check(t, os.Rename(folder, folder+".away"))
	return func() {
		eventually(t, "it is back", func() bool { // a new session or a beat may have made one
			return errors.Join(os.RemoveAll(folder), os.Rename(folder+".away", folder)) == nil
		})
	}
}

func wantVanished(t *testing.T, s *file.Store, id driver.ID, r *driver.Record) {
	t.Helper()
	ended := r.Clone()
	ended.Expires = time.Unix(0, 0)
	_, loading := s.Load(t.Context(), id)
	_, _, counting := s.Count(t.Context())
	_, revoking := s.Revoke(t.Context(), ada, nil)
	for doing, err := range map[string]error{
		"load":               loading,
		"save":               s.Save(t.Context(), id, r.Clone()),
		"compare and delete": s.Save(t.Context(), id, ended),
		"touch":              s.Touch(t.Context(), id, r.Expires),
		"delete":             s.Delete(t.Context(), id),
		"list":               firstError(s.All(t.Context())),
		"count":              counting,
		"list by user":       firstError(s.ByUser(t.Context(), ada)),
		"end all":            revoking,
	} {
		var folder *file.FolderError
		if !errors.As(err, &folder) || folder.Fix == "" {
			t.Errorf("%s: got %v, want a *FolderError", doing, err)
		}
	}
}

func firstError(seq func(func(driver.Entry, error) bool)) error {
	for _, err := range seq {
		if err != nil {
			return err
		}
	}
	return nil
}

// Without its index the sessions of a user cannot be found. That is not the
// same as that there are none.
func TestIndexMovedAway(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s, id := open(t, dir), newID()
	mustSave(t, s, id, record("ada", "k", "v"))
	back := moveAway(t, filepath.Join(dir, "users"))
	var folder *file.FolderError
	if err := firstError(s.ByUser(t.Context(), ada)); !errors.As(err, &folder) {
		t.Errorf("got %v, want a *FolderError", err)
	}
	mustLoad(t, s, id)
	back()
	if found := ids(t, s.ByUser(t.Context(), ada)); found[id] == nil {
		t.Error("the session is not in the index")
	}
	moveAway(t, filepath.Join(dir, "users"))
	_, err := s.Revoke(t.Context(), ada, nil) // does not need it
	check(t, err)
	wantEnded(t, s, id)
}

// A sweep drops no marker of a session that may come back.
func TestSweepWhileMovedAway(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s, id := open(t, dir), newID()
	mustSave(t, s, id, record("ada", "k", "v"))
	back := moveAway(t, filepath.Dir(pathOf(dir, id)))
	_, err := s.Sweep(t.Context())
	check(t, err)
	back()
	if found := ids(t, s.ByUser(t.Context(), ada)); found[id] == nil {
		t.Error("the session is not in the index")
	}
}

// In a store that is new nothing has vanished.
func TestNothingVanishedFromANewStore(t *testing.T) {
	t.Parallel()
	s, id, r := open(t, newDir(t)), newID(), record("ada", "k", "v")
	_, err := s.Load(t.Context(), id)
	wantErr(t, err, driver.ErrNotFound)
	wantErr(t, s.Touch(t.Context(), id, r.Expires), driver.ErrNotFound)
	check(t, s.Delete(t.Context(), id))
	if n, _, err := s.Count(t.Context()); n != 0 || err != nil {
		t.Errorf("counted %d, error %v", n, err)
	}
	check(t, firstError(s.All(t.Context())))
	check(t, firstError(s.ByUser(t.Context(), ada)))
	r.Revision = 3
	wantErr(t, s.Save(t.Context(), id, r), driver.ErrGone)
}

// What a visitor meets while the folder is away: a 503, with the cookie left
// as it is, whether he reads, writes, logs in or logs out. Then all goes on.
func TestVisitorWhileMovedAway(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	store := open(t, dir)
	sessions, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, store, session.WithLogger(slog.New(slog.DiscardHandler)))
	check(t, err)
	defer sessions.Close()
	do := map[string]func(ctx context.Context, s *session.Session) error{
		"/read":   func(context.Context, *session.Session) error { return nil },
		"/write":  func(_ context.Context, s *session.Session) error { return session.Set(s, "k", "v") },
		"/login":  func(ctx context.Context, s *session.Session) error { return s.RenewAs(ctx, "ada") },
		"/logout": func(ctx context.Context, s *session.Session) error { return s.Destroy(ctx) },
		"/ends":   func(_ context.Context, s *session.Session) error { return s.SetLifetime(-time.Second) },
		"/end-all": func(ctx context.Context, _ *session.Session) error {
			_, err := sessions.DestroyUser(ctx, "ada")
			return err
		},
	}
	var whileAway func()
	h := httpsession.Middleware(sessions)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := session.From(r.Context())
		if err == nil && whileAway != nil {
			whileAway() // it was there when the request came
		}
		if err == nil {
			err = do[r.URL.Path](r.Context(), s)
		}
		if err != nil {
			http.Error(w, err.Error(), session.HTTPStatus(err))
			return
		}
		fmt.Fprintf(w, "user %q", s.User())
	}))
	visit := func(path, cookie string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		if cookie != "" {
			r.Header.Set("Cookie", cookie)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	cookieOf := func(w *httptest.ResponseRecorder) string {
		t.Helper()
		cookies := w.Result().Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%d %s: %d cookies", w.Code, w.Body, len(cookies))
		}
		return cookies[0].Name + "=" + cookies[0].Value
	}
	cookie := cookieOf(visit("/login", cookieOf(visit("/write", ""))))
	for path := range do {
		for _, before := range []bool{true, false} {
			back, moved := func() {}, false
			if whileAway = nil; before {
				back, moved = moveAway(t, dir), true
			} else {
				whileAway = func() { back, moved = moveAway(t, dir), true }
			}
			w := visit(path, cookie)
			whileAway = nil
			back()
			want := http.StatusServiceUnavailable
			if path == "/read" && !before {
				want = http.StatusOK
			}
			another := len(w.Result().Cookies()) > 0 && cookieOf(w) != cookie
			if w.Code != want || another || !moved {
				t.Errorf("%s, gone before %v: %d %s %v", path, before, w.Code, w.Body, w.Result().Cookies())
			}
			if me := visit("/read", cookie); me.Body.String() != `user "ada"` {
				t.Fatalf("after %s: %s", path, me.Body)
			}
		}
	}
	eventually(t, "it is gone for good", func() bool { return os.RemoveAll(dir) == nil })
	store.GiveUp()
	check(t, store.Ping(t.Context()))
	if me := visit("/read", cookie); me.Body.String() != `user ""` {
		t.Errorf("after the removal: %s", me.Body)
	}
}

// Who ends all sessions of a user while they have vanished hears so: when they
// come back they are as they were, and can be ended then.
func TestRevokeWhileMovedAway(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s, id := open(t, dir), newID()
	mustSave(t, s, id, record("ada", "k", "v"))
	back := moveAway(t, dir)
	if _, err := s.Revoke(t.Context(), ada, nil); err == nil {
		t.Error("ended what is not there")
	}
	back()
	mustLoad(t, s, id)
	_, err := s.Revoke(t.Context(), ada, nil)
	check(t, err)
	wantEnded(t, s, id)
}
