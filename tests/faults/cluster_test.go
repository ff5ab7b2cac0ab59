//go:build unix

package faults

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// Three primaries with three replicas: the slots that hold sessions move from
// node to node under traffic, and primaries are killed.
func TestCluster(t *testing.T) {
	shared(t)
	cluster := redistest.StartReplicatedCluster(t, "--appendonly", "yes", "--appendfsync", "always")
	app := startApp(t, "--redis-url", cluster.URL())
	moveSlots(t, cluster, drive(t, app))
	failOver(t, cluster, drive(t, app))
}

// Moving slots loses nothing.
func moveSlots(t *testing.T, cluster *redistest.Cluster, tr *traffic) {
	t.Helper()
	o := outcome{fault: "Cluster: slots of live sessions moved"}
	pass(100 * time.Millisecond)
	moved := 0
	for range 2 * *rounds {
		for i, from := range cluster.Nodes {
			to := cluster.Nodes[(i+1)%len(cluster.Nodes)]
			for _, slot := range slotsInUse(from) {
				if err := cluster.MoveSlot(slot, from, to, func() { pass(10 * time.Millisecond) }); err != nil {
					t.Fatal(err)
				}
				moved++
			}
		}
		o.rounds++
		o.recovery = append(o.recovery, tr.settle(time.Now()))
	}
	o.add(tr.end())
	o.note = fmt.Sprintf("%d slots moved", moved)
	nothingLost(t, o)
	report(o)
}

// slotsInUse are the slots of a node that hold sessions now, a few of them.
func slotsInUse(node *redistest.Server) (slots []int) {
	for _, key := range node.Do("KEYS", "session:*").([]any) {
		if strings.Count(key.(string), ":") > 1 {
			continue // of an index, or of the workers
		}
		slots = append(slots, int(node.Do("CLUSTER", "KEYSLOT", key.(string)).(int64)))
	}
	slices.Sort(slots)
	slots = slices.Compact(slots)
	return slots[:min(4, len(slots))]
}

// A primary is killed and its replica takes over.
func failOver(t *testing.T, cluster *redistest.Cluster, tr *traffic) {
	t.Helper()
	o := outcome{fault: "Cluster: primary killed, replica takes over"}
	for range *rounds {
		for i := range cluster.Nodes {
			if i > 0 && !long() {
				break
			}
			pass(300 * time.Millisecond)
			primary, replica := cluster.Nodes[i], cluster.Replicas[i]
			primary.Kill()
			killed := time.Now()
			eventually(t, "the replica takes over", func() bool { return role(replica) == "master" })
			promoted := time.Now()
			o.rounds++
			o.recovery = append(o.recovery, tr.settle(promoted))
			o.note = fmt.Sprintf("the replica took over after %v, in the last round", short(promoted.Sub(killed)))
			cluster.Nodes[i], cluster.Replicas[i] = replica, primary
			primary.Restart()
			eventually(t, "the old primary follows", func() bool { return role(primary) == "slave connected" })
		}
	}
	o.add(tr.end())
	replicated(t, o)
	recovers(t, o)
	report(o)
}
