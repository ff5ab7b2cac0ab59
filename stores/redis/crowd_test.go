package redis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// crowd has n goroutines call f at once, as so large a crowd that all that can
// go together does.
func crowd(s *Store, n int, f func(i int)) {
	for _, t := range []*batcher{&s.repeatable, &s.unrepeatable} {
		t.underWay.Store(crowdBegins)
		t.crowded.Store(true)
		defer t.underWay.Store(0)
	}
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

func newSession() *driver.Record {
	now := time.Now().Truncate(time.Millisecond)
	return &driver.Record{Created: now, Deadline: now.Add(time.Hour), Expires: now.Add(time.Hour)}
}

// crowdSize is of more than two batches.
const crowdSize = 3 * maxTogether

// begun stores that many sessions.
func begun(t *testing.T, s *Store) (ids []driver.ID) {
	for i := range crowdSize {
		ids = append(ids, driver.ID{1, byte(i)})
		if err := s.Save(t.Context(), ids[i], newSession()); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

// What keeps a whole batch from being sent is an error of each call in it: a
// session is not taken for unknown, nor a change for saved.
func TestNothingSent(t *testing.T) {
	t.Parallel()
	refusing := func(hook refusal) func(t *testing.T, noted *pipelines) *Store {
		return func(t *testing.T, noted *pipelines) *Store {
			client := goredis.NewClient(&goredis.Options{Addr: redistest.Start(t).Addr})
			t.Cleanup(func() { client.Close() })
			s := New(client)
			begun(t, s)
			client.AddHook(noted)
			client.AddHook(hook)
			return s
		}
	}
	for name, breaks := range map[string]func(t *testing.T, noted *pipelines) *Store{
		"a hook that refuses":               refusing(refusal{}),
		"a hook that stops at the first":    refusing(refusal{first: true}),
		"a hook that leaves everything out": refusing(refusal{silent: true}),
		"a password that was changed": func(t *testing.T, noted *pipelines) *Store {
			server := redistest.Start(t)
			server.Do("ACL", "SETUSER", "kit", "reset", "on", ">one", "~*", "&*", "+@all")
			s, err := Open(t.Context(), "redis://kit:one@"+server.Addr)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			begun(t, s)
			s.client.AddHook(noted)
			server.Do("ACL", "SETUSER", "kit", "resetpass", ">two")
			server.Do("CLIENT", "KILL", "USER", "kit")
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			noted := &pipelines{}
			s := breaks(t, noted)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			// One of 2 or 3 sets up a connection. How many commands meet is the
			// scheduler's affair, so the crowd comes until enough have.
			met := func() bool { return slices.Max(append(noted.sizes, 0)) > crowdEnds }
			calls := func(i int) {
				changed := newSession()
				changed.Revision = 1
				_, loaded := s.Load(ctx, driver.ID{1, byte(i)})
				for what, err := range map[string]error{
					"load":   loaded,
					"create": s.Save(ctx, driver.ID{2, byte(i)}, newSession()),
					"save":   s.Save(ctx, driver.ID{1, byte(i)}, changed),
				} {
					if err == nil || errors.Is(err, driver.ErrNotFound) || errors.Is(err, driver.ErrGone) {
						t.Errorf("%s: %v", what, err)
					}
				}
			}
			for !met() && ctx.Err() == nil && !t.Failed() {
				crowd(s, crowdSize, calls)
			}
			if !met() {
				t.Errorf("pipelines of %v commands", noted.sizes)
			}
		})
	}
}

// refusal is a hook that lets no pipeline through, and leaves its commands
// alone.
type refusal struct {
	first  bool // but for the first one
	silent bool // and says nothing
}

var errHook = errors.New("the hook refuses")

func (refusal) DialHook(next goredis.DialHook) goredis.DialHook { return next }
func (refusal) ProcessHook(goredis.ProcessHook) goredis.ProcessHook {
	return func(context.Context, goredis.Cmder) error { return errHook }
}
func (r refusal) ProcessPipelineHook(goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(_ context.Context, cmds []goredis.Cmder) error {
		if r.first {
			cmds[0].SetErr(errHook)
		}
		if r.silent {
			return nil
		}
		return errHook
	}
}

// Connections that died while they were idle, and do not show it, as those with
// TLS, cost a batch nothing.
func TestDeadConnections(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	const connections = 20
	client := goredis.NewClient(&goredis.Options{
		Addr: server.Addr, PipelinePoolSize: -1, MaxRetries: 2, PoolSize: connections,
		Dialer: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			return hidden{conn}, err
		},
	})
	defer client.Close()
	var open []*goredis.Conn
	for range connections {
		conn := client.Conn()
		conn.Ping(t.Context())
		open = append(open, conn)
	}
	for _, conn := range open {
		conn.Close()
	}
	server.Do("CLIENT", "KILL", "TYPE", "normal")
	if idle := client.PoolStats().IdleConns; idle != connections {
		t.Fatalf("%d idle connections", idle)
	}
	tog := &batcher{leader: true, end: t.Context().Done()}
	tog.crowded.Store(true)
	cmds := make([]goredis.Cmder, 31)
	for i := range cmds {
		cmds[i] = goredis.NewCmd(t.Context(), "ping")
	}
	waiting := tog.join(t, t.Context(), client, len(cmds)-1, func(i int) goredis.Cmder { return cmds[i] })
	tog.send(t.Context(), client, cmds[len(cmds)-1])
	waiting.Wait()
	for _, cmd := range cmds {
		if cmd.Err() != nil {
			t.Error(cmd.Err())
		}
	}
	if tog.cooldown.Load() != cooldownCommands {
		t.Errorf("the next %d commands go by themselves", tog.cooldown.Load())
	}
}

// hidden is a connection whose socket cannot be looked at.
type hidden struct{ net.Conn }

// Of those who wait for one silent connection one counts.
func TestSilentConnection(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s, err := Open(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	server.Pause()
	defer server.Resume()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	const n = 20
	tog := &batcher{leader: true, end: ctx.Done()}
	tog.crowded.Store(true)
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			errs[i] = s.fail(ctx, "load", tog.process(ctx, s.client, goredis.NewCmd(ctx, "get", fmt.Sprint(i))))
		})
	}
	tog.waitFor(t, n)
	last := s.fail(ctx, "load", tog.send(ctx, s.client, goredis.NewCmd(ctx, "get", "last")))
	wg.Wait()
	for _, err := range errs {
		if along, ok := errors.AsType[interface {
			error
			Counted() bool
		}](err); !ok || !along.Counted() || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waited along: %v", err)
		}
	}
	if _, along := errors.AsType[sharedTimeout](last); along || !errors.Is(last, context.DeadlineExceeded) {
		t.Errorf("sent: %v", last)
	}
}
