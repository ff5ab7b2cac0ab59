package debug_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/debug"
)

// fullStore takes no heartbeat, and answers all else.
type fullStore struct {
	*fakeStore
	full atomic.Bool
}

func (s *fullStore) Announce(ctx context.Context, id string, info json.RawMessage, ttl time.Duration) (time.Time, error) {
	if s.full.Load() {
		return time.Time{}, &check.Refusal{Code: "OOM", Err: errors.New("OOM command not allowed")}
	}
	return s.fakeStore.Announce(ctx, id, info, ttl)
}

// A worker that the others will not see says so.
func TestWorkersBeatRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &fullStore{fakeStore: newFakeStore("redis", "127.0.0.1:6379/0")}
		store.full.Store(true)
		a := newApp(t, config.Config{}, store)
		synctest.Wait()
		r := get[debug.WorkersReport](a, 200, "/debug/workers")
		if !strings.Contains(r.Error, "OOM command not allowed") || !strings.Contains(r.Fix, "CONFIG SET maxmemory") || len(r.Workers) != 1 {
			t.Errorf("%+v", r)
		}
		store.full.Store(false)
		time.Sleep(worker.Beat)
		synctest.Wait()
		if r := get[debug.WorkersReport](a, 200, "/debug/workers"); r.Error != "" || r.Fix != "" {
			t.Errorf("taken again: %+v", r)
		}
	})
}
