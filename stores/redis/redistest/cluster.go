package redistest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Cluster is a Redis Cluster of three primaries.
type Cluster struct {
	Nodes    []*Server // the primaries, at first
	Replicas []*Server // in the order of their primaries, or none
}

const clusterSlots = 16384

// StartCluster runs a cluster for the length of the test and returns when all
// its nodes serve all slots, which takes about two seconds: a cluster node
// refuses work for that long after its start.
func StartCluster(t testing.TB) *Cluster {
	t.Helper()
	return startCluster(t, "5000")
}

func startCluster(t testing.TB, nodeTimeout string, args ...string) *Cluster {
	t.Helper()
	c := &Cluster{}
	for range 3 {
		c.Nodes = append(c.Nodes, startNode(t, nodeTimeout, args))
	}
	for i, node := range c.Nodes {
		from, to := i*clusterSlots/len(c.Nodes), (i+1)*clusterSlots/len(c.Nodes)-1
		node.Do("CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(from), strconv.Itoa(to))
		node.Do("CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1))
	}
	for i, node := range c.Nodes { // each with each: what they tell each other of the third can take long
		for _, other := range c.Nodes[i+1:] {
			node.Do("CLUSTER", "MEET", "127.0.0.1", other.Port(), other.flag("--cluster-port"))
		}
	}
	for _, node := range c.Nodes {
		if err := node.proc.until(node.clusterReady(len(c.Nodes))); err != nil {
			t.Fatalf("redistest: cluster: %v", err)
		}
	}
	return c
}

func startNode(t testing.TB, nodeTimeout string, args []string) *Server {
	t.Helper()
	return Start(t, append([]string{"--cluster-enabled", "yes",
		"--cluster-node-timeout", nodeTimeout, "--cluster-port", FreePort(t)}, args...)...)
}

// URL returns the addresses of all nodes in the form that configurations take.
func (c *Cluster) URL() string {
	all := c.all()
	addrs := make([]string, len(all))
	for i, node := range all {
		addrs[i] = node.Addr
	}
	return "redis+cluster://" + strings.Join(addrs, ",")
}

func (c *Cluster) all() []*Server { return append(slices.Clone(c.Nodes), c.Replicas...) }

// flag returns the value that follows name among the server's arguments.
func (s *Server) flag(name string) string {
	for i, arg := range s.args[:len(s.args)-1] {
		if arg == name {
			return s.args[i+1]
		}
	}
	return ""
}

func (s *Server) clusterReady(nodes int) func() error {
	return func() error {
		info, err := s.Try("CLUSTER", "INFO")
		if err != nil {
			return err
		}
		if text := info.(string); !strings.Contains(text, "cluster_state:ok") ||
			!strings.Contains(text, fmt.Sprintf("cluster_size:%d", nodes)) {
			return fmt.Errorf("cluster of %s: %s", s.Addr, text)
		}
		return nil
	}
}
