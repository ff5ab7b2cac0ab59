package redis_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// through returns a store that reaches the server through a proxy, and has
// sent one command so that a connection is open.
func through(t *testing.T) (*redis.Store, *proxy) {
	p := startProxy(t, redistest.Start(t).Addr)
	s := open(t, "redis://"+p.addr, newPrefix())
	create(t, s, "")
	return s, p
}

// A connection that breaks before the server has seen the save costs nothing.
func TestSaveRequestLost(t *testing.T) {
	t.Parallel()
	s, p := through(t)
	for _, user := range []string{"", "ada"} {
		id, r := newID(), newRecord(user)
		p.requests.Store(1)
		save(t, s, id, r)
		p.requests.Store(1)
		save(t, s, id, r)
		if got := load(t, s, id).Revision; got != 2 {
			t.Errorf("revision %d after two saves", got)
		}
	}
}

// The server has created the session, the answer is lost: nobody else can have
// done it, so it has worked.
func TestCreateAnswerLost(t *testing.T) {
	t.Parallel()
	s, p := through(t)
	for _, user := range []string{"", "ada"} {
		id, r := newID(), newRecord(user)
		p.answers.Store(1)
		save(t, s, id, r)
		if got := load(t, s, id).Revision; got != 1 || r.Revision != 1 {
			t.Errorf("revision %d stored, %d told", got, r.Revision)
		}
	}
}

// The server has saved, the answer is lost: another request might have written
// what is there now, so the save must neither count as done nor as a conflict,
// which would do it twice.
func TestSaveAnswerLost(t *testing.T) {
	t.Parallel()
	s, p := through(t)
	id, r := create(t, s, "ada")
	save(t, s, id, r) // the server learns the script
	p.answers.Store(1)
	err := s.Save(t.Context(), id, r)
	var conflict *driver.ConflictError
	if !errors.Is(err, io.EOF) || errors.As(err, &conflict) || !strings.Contains(err.Error(), "may have happened") {
		t.Errorf("got error %v", err)
	}
	if r.Revision != 2 {
		t.Errorf("a failed save set revision %d", r.Revision)
	}
}

// Touch, load and delete may simply be sent again.
func TestRepeatableAnswersLost(t *testing.T) {
	t.Parallel()
	s, p := through(t)
	id, r := create(t, s, "ada")
	for _, step := range []func() error{
		func() error { return s.Touch(t.Context(), id, r.Expires) },
		func() error { _, err := s.Load(t.Context(), id); return err },
		func() error { return s.Ping(t.Context()) },
		func() error { return s.Delete(t.Context(), id) },
	} {
		p.answers.Store(1)
		if err := step(); err != nil {
			t.Error(err)
		}
	}
}

// The server has removed the session, the answer is lost: who asked hears
// that it worked, and not that somebody else was faster. Or a login would
// give up the new session and the old one would be gone.
func TestRemovalAnswerLost(t *testing.T) {
	t.Parallel()
	s, p := through(t)
	for _, user := range []string{"", "ada"} {
		id, r := create(t, s, user)
		save(t, s, id, r) // has the server know the script, so that the lost answer is the removal's
		stale := *r
		p.answers.Store(1)
		r.Expires = time.Unix(0, 0)
		save(t, s, id, r)
		if _, err := s.Load(t.Context(), id); err != driver.ErrNotFound {
			t.Errorf("after the removal: %v", err)
		}
		stale.Expires = time.Unix(0, 0)
		if err := s.Save(t.Context(), id, &stale); err != driver.ErrGone {
			t.Errorf("another removal: %v", err)
		}
	}
}

// Saves that go out together lose their answers together. None of them may
// count twice, or be told as done when it was not.
func TestSaveAnswersLostTogether(t *testing.T) {
	t.Parallel()
	server, prefix := redistest.Start(t), newPrefix()
	p := startProxy(t, server.Addr)
	s, direct := open(t, "redis://"+p.addr, prefix), open(t, server.URL(), prefix)
	noted := &saves{}
	s.Client().AddHook(noted)
	var wg sync.WaitGroup
	for range 40 {
		id, r := create(t, direct, "")
		wg.Go(func() {
			for range 20 {
				before := r.Revision
				if rand.N(20) == 0 {
					p.answers.Add(1)
				}
				err := s.Save(t.Context(), id, r)
				stored, readErr := direct.Load(t.Context(), id)
				var conflict *driver.ConflictError
				switch {
				case readErr != nil:
					t.Error(readErr)
					return
				case errors.As(err, &conflict): // which the manager would answer by saving once more
					t.Errorf("a conflict with itself: %v", err)
				case err == nil && stored.Revision != before+1:
					t.Errorf("told as saved: revision %d after %d", stored.Revision, before)
				case err != nil && stored.Revision != before && stored.Revision != before+1:
					t.Errorf("not known whether saved: revision %d after %d", stored.Revision, before)
				}
				r = stored
			}
		})
	}
	wg.Wait()
	if noted.together.Load() == 0 {
		t.Error("no saves went out together")
	}
}

// saves counts the pipelines with scripts in them.
type saves struct{ together atomic.Int32 }

func (*saves) DialHook(next goredis.DialHook) goredis.DialHook          { return next }
func (*saves) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook { return next }
func (s *saves) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		if strings.HasPrefix(cmds[0].Name(), "eval") {
			s.together.Add(1)
		}
		return next(ctx, cmds)
	}
}
