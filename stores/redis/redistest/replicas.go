package redistest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// StartReplicatedCluster is StartCluster with a replica for each primary, that
// takes over about two seconds after its primary was killed. args are appended
// to the command lines of all servers.
func StartReplicatedCluster(t testing.TB, args ...string) *Cluster {
	t.Helper()
	const nodeTimeout = "1000"
	args = append([]string{"--repl-diskless-sync-delay", "0"}, args...)
	c := startCluster(t, nodeTimeout, args...)
	for _, primary := range c.Nodes {
		replica := startNode(t, nodeTimeout, args)
		c.Replicas = append(c.Replicas, replica)
		replica.Do("CLUSTER", "MEET", "127.0.0.1", primary.Port(), primary.flag("--cluster-port"))
		id := primary.Do("CLUSTER", "MYID").(string)
		err := replica.proc.until(func() error { // they have to know each other first
			_, err := replica.Try("CLUSTER", "REPLICATE", id)
			return err
		})
		if err != nil {
			t.Fatalf("redistest: cluster: %v", err)
		}
	}
	for i, primary := range c.Nodes {
		for _, ready := range []func() error{primary.hasReplica, c.Replicas[i].clusterReady(len(c.Nodes)), c.complete} {
			if err := primary.proc.until(ready); err != nil {
				t.Fatalf("redistest: cluster: %v", err)
			}
		}
	}
	return c
}

// complete reports whether every node knows all replicas.
func (c *Cluster) complete() error {
	for _, node := range c.all() {
		text, err := node.Try("CLUSTER", "NODES")
		if err != nil {
			return err
		}
		if n := strings.Count(text.(string), "slave "); n != len(c.Replicas) {
			return fmt.Errorf("%s knows %d replicas", node.Addr, n)
		}
	}
	return nil
}

// Primaries returns the nodes that serve slots now.
func (c *Cluster) Primaries() (now []*Server) {
	for _, node := range c.all() {
		if role, err := node.Try("ROLE"); err == nil && role.([]any)[0] == "master" {
			now = append(now, node)
		}
	}
	return now
}

// MoveSlot moves a slot with its keys from one primary to another, as
// redis-cli --cluster reshard does. between is called while both have a part
// in it: before the keys move, and after.
func (c *Cluster) MoveSlot(slot int, from, to *Server, between func()) error {
	number := strconv.Itoa(slot)
	source, target := from.Do("CLUSTER", "MYID").(string), to.Do("CLUSTER", "MYID").(string)
	to.Do("CLUSTER", "SETSLOT", number, "IMPORTING", source)
	from.Do("CLUSTER", "SETSLOT", number, "MIGRATING", target)
	between()
	for {
		keys := from.Do("CLUSTER", "GETKEYSINSLOT", number, "100").([]any)
		if len(keys) == 0 {
			break
		}
		migrate := []string{"MIGRATE", "127.0.0.1", to.Port(), "", "0", "5000", "KEYS"}
		for _, key := range keys {
			migrate = append(migrate, key.(string))
		}
		from.Do(migrate...)
	}
	between()
	for _, node := range append([]*Server{to, from}, c.Primaries()...) {
		if _, err := node.Try("CLUSTER", "SETSLOT", number, "NODE", target); err != nil {
			return errors.Join(fmt.Errorf("slot %d on %s", slot, node.Addr), err)
		}
	}
	return nil
}
