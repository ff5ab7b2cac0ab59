package redis_test

import (
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// One cluster for all that is tried on a cluster: each takes seconds to form.
func TestCluster(t *testing.T) {
	t.Parallel()
	cluster := redistest.StartCluster(t)
	for name, try := range map[string]func(*testing.T, *redistest.Cluster){
		"conformance": func(t *testing.T, c *redistest.Cluster) { conform(t, c.URL()) },
		"everything":  func(t *testing.T, c *redistest.Cluster) { useAll(t, open(t, c.URL(), "all:")) },
		"listing":     listsCluster,
		"inspection":  inspectsCluster,
		"set aside": func(t *testing.T, c *redistest.Cluster) {
			setsAside(t, c.URL(), func(args ...string) any { return onOwner(t, c, args...) })
		},
		"not told": notToldOfCluster,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			try(t, cluster)
		})
	}
}

// Sessions are spread over all nodes, and all nodes are asked.
func listsCluster(t *testing.T, cluster *redistest.Cluster) {
	s := open(t, cluster.URL(), "list:")
	want := map[driver.ID]bool{}
	for range 60 {
		id, r := create(t, s, "ada")
		save(t, s, id, r)
		want[id] = true
	}
	if got := ids(t, s.ByUser(t.Context(), driver.Owner{User: "ada"})); len(got) != len(want) {
		t.Errorf("listed %d of the user, want %d", len(got), len(want))
	}
	for id := range ids(t, s.All(t.Context())) {
		if !want[id] {
			t.Errorf("listed %v", id)
		}
		delete(want, id)
	}
	if len(want) != 0 {
		t.Errorf("%d are not listed", len(want))
	}
	for _, node := range cluster.Nodes {
		if got := node.Do("DBSIZE").(int64); got == 0 {
			t.Errorf("nothing is stored on %s", node.Addr)
		}
	}
}

// A URL that leads to one node of a cluster is told what it should be.
func notToldOfCluster(t *testing.T, cluster *redistest.Cluster) {
	s := open(t, cluster.Nodes[0].URL(), "plain:")
	for _, user := range []string{"", "ada"} {
		var err error
		for range 50 { // some keys are on this very node
			if err = s.Save(t.Context(), newID(), newRecord(user)); err != nil {
				break
			}
		}
		if err == nil || !strings.Contains(err.Error(), "use redis+cluster://") {
			t.Errorf("user %q: got error %v", user, err)
		}
	}
}

// onOwner sends a command to whichever node has the key.
func onOwner(t *testing.T, cluster *redistest.Cluster, args ...string) any {
	t.Helper()
	var last error
	for _, node := range cluster.Nodes {
		answer, err := node.Try(args...)
		if err == nil {
			return answer
		}
		last = err
	}
	t.Fatalf("%q: %v", args, last)
	return nil
}
