package redis

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// pipelines notes how many commands each pipeline has, and panics where told.
type pipelines struct {
	mu    sync.Mutex
	sizes []int
	panic bool
}

func (*pipelines) DialHook(next goredis.DialHook) goredis.DialHook          { return next }
func (*pipelines) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook { return next }
func (p *pipelines) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		p.mu.Lock()
		p.sizes = append(p.sizes, len(cmds))
		panics := p.panic
		p.panic = false
		p.mu.Unlock()
		if panics {
			panic("hook")
		}
		return next(ctx, cmds)
	}
}

// opened is a client whose pipelines are noted, and a batch whose leader has
// still to send.
func opened(t *testing.T, ctx context.Context) (*goredis.Client, *pipelines, *batcher) {
	o, err := goredis.ParseURL(redistest.Start(t).URL())
	if err != nil {
		t.Fatal(err)
	}
	o.PipelinePoolSize = -1 // one pool
	client, noted := goredis.NewClient(o), &pipelines{}
	t.Cleanup(func() { client.Close() })
	client.Ping(t.Context()) // its first connection is set up in a pipeline
	client.AddHook(noted)
	tog := &batcher{leader: true, end: ctx.Done()}
	tog.crowded.Store(true)
	return client, noted, tog
}

// join has n commands wait for the leader, and returns once they do.
func (t *batcher) join(tb testing.TB, ctx context.Context, client *goredis.Client, n int, cmd func(i int) goredis.Cmder) *sync.WaitGroup {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { t.process(ctx, client, cmd(i)) })
	}
	t.waitFor(tb, n)
	return &wg
}

// waitFor returns when n commands wait for the leader.
func (t *batcher) waitFor(tb testing.TB, n int) {
	deadline := time.Now().Add(time.Minute)
	for waiting := -1; waiting < n; time.Sleep(time.Millisecond) {
		t.mu.Lock()
		if waiting = 0; t.batch != nil {
			waiting = len(t.batch.cmds)
		}
		t.mu.Unlock()
		if time.Now().After(deadline) {
			tb.Fatalf("%d of %d commands wait", waiting, n)
		}
	}
}

// Each command gets the answer to itself, an error too, all in one pipeline.
func TestTogether(t *testing.T) {
	t.Parallel()
	client, noted, tog := opened(t, t.Context())
	const n = 20
	for i := range n {
		client.Set(t.Context(), fmt.Sprint("together:", i), i, time.Minute)
	}
	client.Del(t.Context(), "together:7", "together:8")
	client.RPush(t.Context(), "together:8", "a list")
	cmds := make([]*goredis.StringCmd, n)
	for i := range cmds {
		cmds[i] = goredis.NewStringCmd(t.Context(), "get", fmt.Sprint("together:", i))
	}
	waiting := tog.join(t, t.Context(), client, n-1, func(i int) goredis.Cmder { return cmds[i] })
	if err := tog.send(t.Context(), client, cmds[n-1]); err != nil {
		t.Error(err)
	}
	waiting.Wait()
	for i, cmd := range cmds {
		switch text, err := cmd.Result(); {
		case i == 7 && err != goredis.Nil, i == 8 && !wrongType(err):
			t.Errorf("%d: %q, %v", i, text, err)
		case i != 7 && i != 8 && text != fmt.Sprint(i):
			t.Errorf("%d: %q, %v", i, text, err)
		}
	}
	if len(noted.sizes) != 1 || noted.sizes[0] != n {
		t.Errorf("pipelines of %v commands, one of %d expected", noted.sizes, n)
	}
	if tog.leader || tog.batch != nil || tog.underWay.Load() != 0 {
		t.Error("the batch is still open")
	}
}

// With few commands under way each goes by itself; with many the first of them
// takes others along, until it finds none.
func TestTogetherInACrowd(t *testing.T) {
	t.Parallel()
	client, noted, tog := opened(t, t.Context())
	tog.leader = false
	tog.crowded.Store(false)
	ping := func() goredis.Cmder { return goredis.NewCmd(t.Context(), "ping") }
	tog.underWay.Store(crowdBegins - 2)
	if err := tog.process(t.Context(), client, ping()); err != nil || tog.crowded.Load() {
		t.Errorf("a crowd of %d: %v", crowdBegins-1, err)
	}
	tog.underWay.Store(crowdBegins - 1)
	if err := tog.process(t.Context(), client, ping()); err != nil || tog.crowded.Load() {
		t.Errorf("still a crowd after nobody came along: %v", err)
	}
	for _, n := range []int{crowdEnds - 1, crowdEnds} {
		tog.leader, tog.end = true, t.Context().Done()
		tog.crowded.Store(true)
		waiting := tog.join(t, t.Context(), client, n, func(int) goredis.Cmder { return ping() })
		tog.send(t.Context(), client, ping())
		waiting.Wait()
		if tog.crowded.Load() != (n >= crowdEnds) {
			t.Errorf("%d came along: crowded %v", n, tog.crowded.Load())
		}
	}
	if len(noted.sizes) != 2 {
		t.Errorf("pipelines of %v commands", noted.sizes)
	}
}

// Whose context may end at another time goes alone, and nobody waits for a
// batch without bound.
func TestTogetherAlone(t *testing.T) {
	t.Parallel()
	client, noted, tog := opened(t, t.Context())
	other, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := tog.process(other, client, goredis.NewCmd(other, "ping")); err != nil {
		t.Error(err)
	}
	waiting := tog.join(t, t.Context(), client, maxTogether, func(int) goredis.Cmder { return goredis.NewCmd(other, "ping") })
	if err := tog.process(t.Context(), client, goredis.NewCmd(t.Context(), "ping")); err != nil {
		t.Error(err)
	}
	if len(noted.sizes) != 0 {
		t.Errorf("pipelines of %v commands before the leader has sent", noted.sizes)
	}
	tog.send(t.Context(), client, goredis.NewCmd(t.Context(), "ping"))
	waiting.Wait()
}

// A hook that panics does so in the goroutine that sends. Of the others those
// that may be repeated go by themselves then; the rest hear that nobody knows.
func TestTogetherPanic(t *testing.T) {
	t.Parallel()
	client, noted, tog := opened(t, t.Context())
	noted.panic = true
	ping, saves := goredis.NewCmd(t.Context(), "ping"), noRetryCmd{goredis.NewCmd(t.Context(), "ping")}
	cmds := []goredis.Cmder{ping, saves}
	waiting := tog.join(t, t.Context(), client, 2, func(i int) goredis.Cmder { return cmds[i] })
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		tog.send(t.Context(), client, goredis.NewCmd(t.Context(), "ping"))
	}()
	waiting.Wait()
	if answer, err := ping.Text(); answer != "PONG" || err != nil {
		t.Errorf("repeated: %q, %v", answer, err)
	}
	if err := saves.Err(); !errors.Is(err, errUnanswered) || !lost(err) {
		t.Errorf("not repeated: %v", err)
	}
}

// BenchmarkTogether asks with more and more goroutines at once, each command
// by itself and as the store sends them.
func BenchmarkTogether(b *testing.B) {
	s, err := Open(b.Context(), redistest.Start(b).URL())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for _, each := range []int{1, 2, 4, 8, 32} {
		for name, process := range map[string]func(context.Context, goredis.Cmder) error{
			"alone":    func(ctx context.Context, cmd goredis.Cmder) error { return s.client.Process(ctx, cmd) },
			"together": s.process,
		} {
			b.Run(fmt.Sprintf("%d/%s", each*runtime.GOMAXPROCS(0), name), func(b *testing.B) {
				b.SetParallelism(each)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := process(b.Context(), goredis.NewCmd(b.Context(), "ping")); err != nil {
							b.Error(err)
							return
						}
					}
				})
			})
		}
	}
}
