package redis_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// waitTimeout is twice as long as a change waits for a replica. One that is
// there has to answer in time also on a busy machine.
const waitTimeout = 2 * time.Second

func openWaiting(t *testing.T, url string) *redis.Store {
	t.Helper()
	openAs := func(prefix string) *redis.Store {
		s, err := redis.Open(t.Context(), url, redis.WithPrefix(prefix), redis.WithLogger(quiet()), redis.WithWait(1), redis.WithTimeout(waitTimeout))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	first := openAs("first:")
	eventually(t, "the replicas follow", func(ctx context.Context) error { // up to a second after they are in step
		for range 12 { // on all nodes of a Cluster
			if err := first.Save(ctx, newID(), newRecord("")); err != nil {
				return err
			}
		}
		return nil
	})
	return openAs("")
}

// With Wait a change counts when a replica has it. When the replica hangs the
// error says that the change may have happened, as it has on the primary.
func TestWait(t *testing.T) {
	t.Parallel()
	servers := redistest.StartSentinel(t)
	s := openWaiting(t, servers.Primary.URL())
	useAll(t, s)
	for _, user := range []string{"", "ada"} {
		id, r := create(t, s, user)
		if servers.Replica.Do("EXISTS", "session:"+id.String()) != int64(1) {
			t.Error("saved, and the replica does not have it")
		}
		servers.Replica.Pause()
		for name, err := range map[string]error{
			"create": s.Save(t.Context(), newID(), newRecord(user)),
			"save":   s.Save(t.Context(), id, r),
			"delete": s.Delete(t.Context(), id),
		} {
			if err == nil || !strings.Contains(err.Error(), "may have happened, but 0 of the 1 replicas") {
				t.Errorf("%s: got error %v", name, err)
			}
		}
		if r.Revision != 1 {
			t.Errorf("revision %d after a save that failed", r.Revision)
		}
		servers.Replica.Resume()
		if _, err := s.Load(t.Context(), id); !errors.Is(err, driver.ErrNotFound) {
			t.Errorf("removed on the primary: %v", err)
		}
		create(t, s, user)
	}
}

// On a Cluster each change waits on the node that made it, also while its
// slot moves.
func TestWaitOnCluster(t *testing.T) {
	t.Parallel()
	cluster := redistest.StartReplicatedCluster(t)
	s := openWaiting(t, cluster.URL())
	useAll(t, s)
	id, r := create(t, s, "ada")
	key := "session:" + id.String()
	slot := cluster.Nodes[0].Do("CLUSTER", "KEYSLOT", key).(int64)
	for i, from := range cluster.Nodes {
		if from.Do("CLUSTER", "COUNTKEYSINSLOT", strconv.FormatInt(slot, 10)) == int64(0) {
			continue
		}
		to := cluster.Nodes[(i+1)%len(cluster.Nodes)]
		saveWhileMoving := func() { save(t, s, id, r) }
		if err := cluster.MoveSlot(int(slot), from, to, saveWhileMoving); err != nil {
			t.Fatal(err)
		}
		break
	}
	save(t, s, id, r)
	if r.Revision != 4 {
		t.Errorf("revision %d", r.Revision)
	}
	for _, replica := range cluster.Replicas {
		replica.Pause()
	}
	if err := s.Save(t.Context(), id, r); err == nil || !strings.Contains(err.Error(), "may have happened") {
		t.Errorf("got error %v", err)
	}
	for _, replica := range cluster.Replicas {
		replica.Resume()
	}
}
