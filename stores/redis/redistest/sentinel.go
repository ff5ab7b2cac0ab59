package redistest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// MasterName is how Sentinel calls the primary that it watches.
const MasterName = "mymaster"

// Sentinel is a primary and a replica that one Redis Sentinel looks after.
type Sentinel struct {
	Addr    string // of the Sentinel
	Primary *Server
	Replica *Server
}

// StartSentinel runs the three for the length of the test and returns when
// the Sentinel knows the replica, so that the primary may be killed: the
// replica takes over within a few seconds.
func StartSentinel(t testing.TB) *Sentinel {
	t.Helper()
	primary := Start(t, "--repl-diskless-sync-delay", "0")
	replica := Start(t, "--replicaof", "127.0.0.1 "+primary.Port(), "--repl-diskless-sync-delay", "0")
	// The Sentinel asks its primary for replicas when it starts and then only
	// every ten seconds.
	if err := replica.proc.until(primary.hasReplica); err != nil {
		t.Fatalf("redistest: replica: %v", err)
	}
	watcher := startSentinel(t, primary.Port())
	err := watcher.proc.until(func() error {
		known, err := watcher.Try("SENTINEL", "REPLICAS", MasterName)
		if err != nil {
			return err
		}
		if replicas := known.([]any); len(replicas) != 1 || !strings.Contains(fmt.Sprint(replicas[0]), "master-link-status ok") {
			return fmt.Errorf("the Sentinel knows the replicas %v", replicas)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("redistest: sentinel: %v", err)
	}
	return &Sentinel{Addr: watcher.Addr, Primary: primary, Replica: replica}
}

// URL returns the Sentinel's address in the form that configurations take.
func (s *Sentinel) URL() string {
	return "redis+sentinel://" + s.Addr + "/" + MasterName
}

func startSentinel(t testing.TB, primaryPort string) *Server {
	t.Helper()
	s := &Server{t: t, Dir: t.TempDir()}
	t.Cleanup(s.Kill)
	config := filepath.Join(s.Dir, "sentinel.conf") // it wants to write to it
	text := fmt.Sprintf("sentinel monitor %[1]s 127.0.0.1 %[2]s 1\n"+
		"sentinel down-after-milliseconds %[1]s 500\n"+
		"sentinel failover-timeout %[1]s 5000\n", MasterName, primaryPort)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatalf("redistest: sentinel: %v", err)
	}
	s.args = []string{"--sentinel"}
	s.config = config
	s.startAnywhere()
	return s
}

func (s *Server) hasReplica() error {
	info, err := s.Try("INFO", "replication")
	if err != nil {
		return err
	}
	if !strings.Contains(info.(string), "state=online") {
		return errors.New("no replica is online")
	}
	return nil
}
