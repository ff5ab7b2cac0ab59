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

// Sentinel is a primary and a replica that Redis Sentinels look after.
type Sentinel struct {
	Addr    string // of the Sentinel; of all of them, separated by commas
	Primary *Server
	Replica *Server
}

// StartSentinel runs the three for the length of the test and returns when
// the Sentinel knows the replica, so that the primary may be killed: the
// replica takes over within a few seconds.
func StartSentinel(t testing.TB) *Sentinel {
	t.Helper()
	return StartSentinels(t, 1)
}

// StartSentinels is StartSentinel with several Sentinels, of which the
// majority decides. args are appended to the command lines of both servers.
func StartSentinels(t testing.TB, watchers int, args ...string) *Sentinel {
	t.Helper()
	args = append([]string{"--repl-diskless-sync-delay", "0"}, args...)
	primary := Start(t, args...)
	replica := Start(t, append(args, "--replicaof", "127.0.0.1 "+primary.Port())...)
	// The Sentinel asks its primary for replicas when it starts and then only
	// every ten seconds.
	if err := replica.proc.until(primary.hasReplica); err != nil {
		t.Fatalf("redistest: replica: %v", err)
	}
	all := make([]*Server, watchers)
	addrs := make([]string, watchers)
	for i := range all {
		all[i] = startSentinel(t, primary.Port(), watchers/2+1)
		addrs[i] = all[i].Addr
	}
	for _, watcher := range all {
		if err := watcher.proc.until(func() error { return watcher.watches(watchers - 1) }); err != nil {
			t.Fatalf("redistest: sentinel: %v", err)
		}
	}
	return &Sentinel{Addr: strings.Join(addrs, ","), Primary: primary, Replica: replica}
}

// watches reports whether a Sentinel knows the replica and the other Sentinels.
func (s *Server) watches(others int) error {
	known, err := s.Try("SENTINEL", "REPLICAS", MasterName)
	if err != nil {
		return err
	}
	if replicas := known.([]any); len(replicas) != 1 || !strings.Contains(fmt.Sprint(replicas[0]), "master-link-status ok") {
		return fmt.Errorf("the Sentinel knows the replicas %v", replicas)
	}
	known, err = s.Try("SENTINEL", "SENTINELS", MasterName)
	if err != nil {
		return err
	}
	if n := len(known.([]any)); n != others {
		return fmt.Errorf("the Sentinel knows %d others", n)
	}
	return nil
}

// URL returns the Sentinels' addresses in the form that configurations take.
func (s *Sentinel) URL() string {
	return "redis+sentinel://" + s.Addr + "/" + MasterName
}

func startSentinel(t testing.TB, primaryPort string, quorum int) *Server {
	t.Helper()
	s := &Server{t: t, Dir: t.TempDir()}
	t.Cleanup(s.Kill)
	config := filepath.Join(s.Dir, "sentinel.conf") // it wants to write to it
	text := fmt.Sprintf("sentinel monitor %[1]s 127.0.0.1 %[2]s %[3]d\n"+
		"sentinel down-after-milliseconds %[1]s 500\n"+
		"sentinel failover-timeout %[1]s 5000\n", MasterName, primaryPort, quorum)
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
