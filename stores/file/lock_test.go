package file_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// 97, 106: whoever waits for a lock waits no longer than the context, behind
// another process and behind another goroutine.
func TestWaitingForALock(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	id, r := newID(), record("ada", "k", "v")
	mustSave(t, s, id, r)
	release := holdLock(t, filepath.Join(filepath.Dir(pathOf(dir, id)), ".lock"))

	impatient := map[string]func(context.Context) error{
		"save":   func(ctx context.Context) error { return s.Save(ctx, id, r.Clone()) },
		"touch":  func(ctx context.Context) error { return s.Touch(ctx, id, time.Now().Add(2*time.Hour)) },
		"delete": func(ctx context.Context) error { return s.Delete(ctx, id) },
	}
	wantLate(t, "behind a process", impatient)
	patient := make(chan error)
	go func() { patient <- s.Save(t.Context(), id, r.Clone()) }()
	eventually(t, "the patient one waits", func() bool { return s.Waiting(id) })
	wantLate(t, "behind a goroutine", impatient)
	mustLoad(t, s, id) // reading takes no lock
	select {
	case err := <-patient:
		t.Fatalf("saved under somebody else's lock: %v", err)
	default:
	}
	release()
	check(t, <-patient)
	if got := mustLoad(t, s, id); got.Revision != 2 {
		t.Fatalf("revision %d, want 2", got.Revision)
	}
}

func wantLate(t *testing.T, where string, changes map[string]func(context.Context) error) {
	t.Helper()
	for doing, change := range changes {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		if err := change(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s %s: got %v", doing, where, err)
		}
		cancel()
	}
}

// Folders that another process has locked say nothing of the others: the
// manager's breaker does not open, and all can be read.
func TestBreakerAndALock(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test, Timeout: time.Second}, open(t, dir),
		session.WithLogger(slog.New(slog.DiscardHandler)))
	check(t, err)
	open := func(cookie string) (*session.Session, *session.Exchange) {
		ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{cookie}})
		s, err := session.From(ctx)
		check(t, err)
		check(t, session.Set(s, "n", 1))
		return s, x
	}
	var waiting [7]*session.Exchange // more than the breaker allows
	var cookie string
	locks := map[string]bool{} // two sessions may be in one folder
	for i := range waiting {
		s, x := open("")
		out, err := x.Commit()
		check(t, err)
		cookie = out.SetCookie
		_, waiting[i] = open(cookie)
		locks[filepath.Join(filepath.Dir(pathOf(dir, s.ID())), ".lock")] = true
	}
	var release []func()
	for lock := range locks {
		release = append(release, holdLock(t, lock))
	}
	var wg sync.WaitGroup
	for _, x := range waiting {
		wg.Go(func() {
			if _, err := x.Commit(); !errors.Is(err, session.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("a save under another process's lock: %v", err)
			}
		})
	}
	wg.Wait()
	_, x := open(cookie)
	for _, release := range release {
		release()
	}
	_, err = x.Commit()
	check(t, err)
}

// Sessions in other folders do not wait.
func TestOtherSessionsDoNotWait(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	held, other := newID(), newID()
	other[0] = held[0] + 1
	mustSave(t, s, held, record("", "k", "v"))
	defer holdLock(t, filepath.Join(filepath.Dir(pathOf(dir, held)), ".lock"))()
	mustSave(t, s, other, record("", "k", "v"))
}

// What looks for a session that is not there makes no folders for it.
func TestMissingSessionsMakeNoFolders(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	id := newID()
	_, err := s.Load(t.Context(), id)
	wantErr(t, err, driver.ErrNotFound)
	wantErr(t, s.Touch(t.Context(), id, time.Now().Add(time.Hour)), driver.ErrNotFound)
	check(t, s.Delete(t.Context(), id))
	r := record("ada", "k", "v")
	r.Revision = 3
	wantErr(t, s.Save(t.Context(), id, r), driver.ErrGone)
	if exists(filepath.Join(dir, "sessions")) {
		t.Error("folders were made")
	}
}
