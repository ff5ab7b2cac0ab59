package redistest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// Cluster is a Redis Cluster of three masters without replicas.
type Cluster struct {
	Nodes []*Server
}

const clusterSlots = 16384

// StartCluster runs a cluster for the length of the test and returns when all
// its nodes serve all slots, which takes about two seconds: a cluster node
// refuses work for that long after its start.
func StartCluster(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{}
	for range 3 {
		c.Nodes = append(c.Nodes, Start(t,
			"--cluster-enabled", "yes", "--cluster-node-timeout", "5000", "--cluster-port", FreePort(t)))
	}
	for i, node := range c.Nodes {
		from, to := i*clusterSlots/len(c.Nodes), (i+1)*clusterSlots/len(c.Nodes)-1
		node.Do("CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(from), strconv.Itoa(to))
		node.Do("CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1))
	}
	for _, node := range c.Nodes[1:] {
		c.Nodes[0].Do("CLUSTER", "MEET", "127.0.0.1", node.Port(), node.flag("--cluster-port"))
	}
	for _, node := range c.Nodes {
		if err := node.proc.until(node.clusterReady(len(c.Nodes))); err != nil {
			t.Fatalf("redistest: cluster: %v", err)
		}
	}
	return c
}

// URL returns the addresses of all nodes in the form that configurations take.
func (c *Cluster) URL() string {
	addrs := make([]string, len(c.Nodes))
	for i, node := range c.Nodes {
		addrs[i] = node.Addr
	}
	return "redis+cluster://" + strings.Join(addrs, ",")
}

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
