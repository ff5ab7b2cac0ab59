package redis

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	goredis "github.com/redis/go-redis/v9"
)

// notAcknowledged is what a change answers that the primary has made and too
// few replicas are known to have. It does not wrap its cause: a change that
// meets it is not to be sent again.
type notAcknowledged struct {
	got, want int
	within    time.Duration
	cause     error
}

func (e *notAcknowledged) Error() string {
	text := fmt.Sprintf("it may have happened, but %d of the %d replicas that --session-redis-wait asks for acknowledged it within %v",
		e.got, e.want, e.within)
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Timeout reports that Redis did not answer, rather than its replicas.
func (e *notAcknowledged) Timeout() bool {
	return driver.IsTimeout(e.cause)
}

// maxRedirects is how often a change follows a slot that moves.
const maxRedirects = 5

// processAndWait sends a command once and then, on the same connection, waits
// until the replicas have what it did.
func (s *Store) processAndWait(ctx context.Context, cmd *goredis.Cmd, key string) error {
	node, err := s.nodeOf(ctx, key)
	if err != nil {
		return err
	}
	asking := false
	for redirects := 0; ; redirects++ {
		err = s.processOn(ctx, node, asking, cmd)
		cluster, ok := s.client.(*goredis.ClusterClient)
		to, moved := goredis.IsMovedError(err)
		if !moved {
			to, asking = goredis.IsAskError(err)
		}
		if !ok || !moved && !asking || redirects == maxRedirects || !pause(ctx) {
			return err
		}
		asking = !moved
		cluster.ReloadState(ctx)
		if other := nodeAt(ctx, cluster, to); other != nil {
			node = other
		}
	}
}

// processOn is one attempt on one server.
func (s *Store) processOn(ctx context.Context, node *goredis.Client, asking bool, cmd *goredis.Cmd) error {
	conn := node.Conn()
	defer conn.Close()
	if asking {
		if err := conn.Process(ctx, noRetryCmd{goredis.NewCmd(ctx, "asking")}); err != nil {
			return err
		}
	}
	if err := conn.Process(ctx, noRetryCmd{cmd}); err != nil {
		return err
	}
	// On another connection WAIT would not be about this command.
	wait := goredis.NewCmd(ctx, "wait", s.wait, s.waitFor.Milliseconds())
	err := conn.Process(ctx, noRetryCmd{wait})
	got, _ := wait.Int()
	if err != nil || got < s.wait {
		return &notAcknowledged{got, s.wait, s.waitFor, err}
	}
	return nil
}

// nodeOf is the server that has the key.
func (s *Store) nodeOf(ctx context.Context, key string) (*goredis.Client, error) {
	switch client := s.client.(type) {
	case *goredis.Client:
		return client, nil
	case *goredis.ClusterClient:
		return client.MasterForKey(ctx, key)
	case *goredis.Ring:
		return client.GetShardClientForKey(key)
	}
	return nil, fmt.Errorf("WAIT is not possible with a client of type %T", s.client)
}

// nodeAt is the primary with this address, nil when the client has not heard
// of it.
func nodeAt(ctx context.Context, cluster *goredis.ClusterClient, addr string) (found *goredis.Client) {
	var mu sync.Mutex
	_ = cluster.ForEachMaster(ctx, func(_ context.Context, node *goredis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		if node.Options().Addr == addr {
			found = node
		}
		return nil
	})
	return found
}
