package redis_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

func inspect(t testing.TB, s *redis.Store) check.Inspection {
	t.Helper()
	in, err := s.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// wantFacts compares the facts that are named. "-" is one that must not be
// there, "*" one that must.
func wantFacts(t testing.TB, in check.Inspection, want map[string]string) {
	t.Helper()
	for name, value := range want {
		got, known := in.Facts[name]
		switch {
		case value == "-" && !known, value == "*" && known && got != "":
		case !known || got != value:
			t.Errorf("fact %s is %q, known %v, want %q", name, got, known, value)
		}
	}
}

// wantUnchecked fails unless exactly these facts are said to be missing, each
// for a reason with this in it.
func wantUnchecked(t testing.TB, in check.Inspection, reason string, names ...string) {
	t.Helper()
	for _, name := range names {
		if !strings.Contains(in.Unchecked[name], reason) {
			t.Errorf("unchecked %s: %q, want a reason with %q", name, in.Unchecked[name], reason)
		}
		if _, known := in.Facts[name]; known {
			t.Errorf("%s is unchecked, and known", name)
		}
	}
	if len(in.Unchecked) != len(names) {
		t.Errorf("unchecked: %q, want %q", in.Unchecked, names)
	}
}

func TestInspect(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t, "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
	s := open(t, srv.URL(), "")
	watch := srv.Watch()
	in := inspect(t, s)
	if sent := watch.Commands(); len(sent) != 1 || sent[0][0] != "INFO" { // CONFIG is never shown
		t.Errorf("sent %q", sent)
	}
	wantUnchecked(t, in, "")
	wantFacts(t, in, map[string]string{
		"version": "*", "mode": "standalone", "os": "*", "uptime_seconds": "*",
		"role": "master", "replica_read_only": "-",
		"connected_clients": "*", "evicted_keys": "0", "expired_keys": "0",
		"used_memory": "*", "maxmemory": "104857600", "maxmemory_policy": "allkeys-lru",
		"aof_enabled": "0", "save": "", "loading": "0", "rdb_last_bgsave_status": "ok",
		"tls": "no", "password": "no", "loopback": "yes", "cluster_masters": "-",
	})
	if t.Failed() {
		return
	}
	found := map[string]bool{}
	for _, f := range check.Run(check.Facts{Store: check.Store{Kind: "redis", Inspection: in}}) {
		found[f.ID] = true
	}
	for _, id := range []string{"redis-evicts", "redis-no-persistence"} {
		if !found[id] {
			t.Errorf("the checks do not find %s", id)
		}
	}
	for _, id := range []string{"redis-no-password", "redis-no-tls", "redis-replica", "redis-old", "redis-memory", "store-unchecked"} {
		if found[id] {
			t.Errorf("the checks find %s", id)
		}
	}

	srv.Do("CONFIG", "SET", "save", "900 1 300 10")
	srv.Do("CONFIG", "SET", "requirepass", password)
	wantFacts(t, inspect(t, open(t, "redis://:"+password+"@"+srv.Addr, "")), map[string]string{"save": "900 1 300 10", "password": "yes"})
}

func TestInspectReplica(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	srv.Do("REPLICAOF", "127.0.0.1", srv.Port())
	wantFacts(t, inspect(t, s), map[string]string{"role": "slave", "replica_read_only": "yes"})
	srv.Do("CONFIG", "SET", "replica-read-only", "no")
	wantFacts(t, inspect(t, s), map[string]string{"role": "slave", "replica_read_only": "no"})
}

// ofInfo are the facts that checks need of INFO.
var ofInfo = []string{"version", "used_memory", "maxmemory", "maxmemory_policy", "aof_enabled", "role"}

// What a managed Redis or an ACL user may not ask is left out, with the
// reason, and the rest is there.
func TestInspectRefused(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	url := "redis://kit:" + password + "@" + srv.Addr
	for _, c := range []struct {
		rights  string
		missing []string
	}{
		{"+info +config|get", nil},
		{"+info", []string{"save"}},
		{"+config|get", ofInfo},
		{"", slices.Concat(ofInfo, []string{"save"})},
	} {
		grant(t, srv, append([]string{"~session:*", "+ping"}, strings.Fields(c.rights)...)...)
		in := inspect(t, open(t, url, ""))
		wantUnchecked(t, in, "NOPERM", c.missing...)
		wantFacts(t, in, map[string]string{"password": "yes", "tls": "no", "loopback": "yes"})
		if text := fmt.Sprint(in); strings.Contains(text, password) {
			t.Errorf("it holds the password: %s", text)
		}
	}

	renamed := redistest.Start(t, "--rename-command", "CONFIG", "")
	wantUnchecked(t, inspect(t, open(t, renamed.URL(), "")), "CONFIG GET is refused: ERR unknown command", "save")
	renamed = redistest.Start(t, "--rename-command", "INFO", "secret-info")
	wantUnchecked(t, inspect(t, open(t, renamed.URL(), "")), "INFO is refused: ERR unknown command", ofInfo...)
}

func TestInspectConnection(t *testing.T) {
	t.Parallel()
	cert, key, pool := certificate(t)
	port := redistest.FreePort(t)
	socket := t.TempDir() + "/redis.sock"
	srv := redistest.Start(t, "--tls-port", port, "--tls-cert-file", cert, "--tls-key-file", key, "--tls-auth-clients", "no", "--unixsocket", socket)
	for url, want := range map[string]map[string]string{
		"rediss://127.0.0.1:" + port + "?skip_verify=true": {"tls": "yes", "tls_verified": "no", "loopback": "yes"},
		"unix://" + socket:                {"tls": "no", "tls_verified": "-", "loopback": "yes"},
		"redis://localhost:" + srv.Port(): {"tls": "no", "loopback": "yes"},
	} {
		wantFacts(t, inspect(t, open(t, url, "")), want)
	}

	// The app's own ways to check the certificate, or not to.
	for verified, config := range map[string]*tls.Config{
		"yes": {RootCAs: pool},
		"no":  {InsecureSkipVerify: true},
	} {
		client := goredis.NewClient(&goredis.Options{Addr: "127.0.0.1:" + port, TLSConfig: config})
		defer client.Close()
		in := inspect(t, redis.New(client, redis.WithLogger(quiet())))
		wantFacts(t, in, map[string]string{"tls": "yes", "tls_verified": verified})
		found := slices.ContainsFunc(check.Run(check.Facts{Store: check.Store{Kind: "redis", Inspection: in}}),
			func(f check.Finding) bool { return f.ID == "redis-skip-verify" })
		if found != (verified == "no") {
			t.Errorf("verified %s: found %v", verified, found)
		}
	}

	// The app's own dialer leads elsewhere than the address says.
	for _, c := range []struct {
		remote   net.Addr
		loopback string
	}{
		{&net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)}, "no"},
		{&net.TCPAddr{IP: net.IPv6loopback}, "yes"},
		{&net.UDPAddr{}, "-"},
	} {
		client := goredis.NewClient(&goredis.Options{
			Addr: srv.Addr,
			Dialer: func(ctx context.Context, network, addr string) (net.Conn, error) {
				var d net.Dialer
				conn, err := d.DialContext(ctx, network, addr)
				return relocated{conn, c.remote}, err
			},
			CredentialsProvider: func() (string, string) { return "", "" },
		})
		defer client.Close()
		in := inspect(t, redis.New(client, redis.WithLogger(quiet())))
		wantFacts(t, in, map[string]string{"loopback": c.loopback, "password": "yes"})
		if unknown := in.Unchecked["loopback"] != ""; unknown != (c.loopback == "-") {
			t.Errorf("unchecked: %q", in.Unchecked)
		}
	}
}

// relocated is a connection that says it leads elsewhere.
type relocated struct {
	net.Conn
	remote net.Addr
}

func (c relocated) RemoteAddr() net.Addr { return c.remote }

func TestInspectSentinel(t *testing.T) {
	t.Parallel()
	servers := redistest.StartSentinel(t)
	in := inspect(t, open(t, servers.URL(), ""))
	wantUnchecked(t, in, "")
	wantFacts(t, in, map[string]string{"mode": "sentinel", "role": "master", "loopback": "yes"})
}

// inspectsCluster shows the worst of each kind. The other tests on the
// cluster do not mind.
func inspectsCluster(t *testing.T, cluster *redistest.Cluster) {
	set := func(node int, name, value string) { cluster.Nodes[node].Do("CONFIG", "SET", name, value) }
	s := open(t, cluster.URL(), "inspect:")
	wantFacts(t, inspect(t, s), map[string]string{
		"mode": "cluster", "cluster_masters": "3", "role": "master", "loopback": "yes",
		"maxmemory": "0", "save": "", "aof_enabled": "0", "version": "*",
	})
	set(0, "save", "900 1")
	set(1, "save", "900 1")
	set(1, "maxmemory-policy", "allkeys-lru") // without a limit, nothing is evicted
	set(2, "maxmemory", "512mb")
	wantFacts(t, inspect(t, s), map[string]string{"maxmemory_policy": "noeviction", "maxmemory": "536870912", "save": ""})
	set(1, "maxmemory", "1gb")
	set(2, "save", "900 1")
	in := inspect(t, s)
	wantUnchecked(t, in, "")
	wantFacts(t, in, map[string]string{"maxmemory_policy": "allkeys-lru", "maxmemory": "536870912", "save": "900 1"})
}

// A Ring is inspected as a Cluster is: what one server refuses is told, and
// so is a server that does not answer.
func TestInspectManyServers(t *testing.T) {
	t.Parallel()
	one, two := redistest.Start(t), redistest.Start(t, "--rename-command", "CONFIG", "")
	s := ring(t, one.Addr, two.Addr)
	in := inspect(t, s)
	wantFacts(t, in, map[string]string{"save": "", "cluster_masters": "-"})
	if !strings.Contains(in.Unchecked["save"], "CONFIG GET is refused") {
		t.Errorf("unchecked: %q", in.Unchecked)
	}
	two.Kill()
	in = inspect(t, s)
	wantUnchecked(t, in, "", "server "+two.Addr)
	wantFacts(t, in, map[string]string{"save": "", "role": "master"})
	one.Kill()
	if in, err := s.Inspect(t.Context()); err == nil {
		t.Errorf("nobody answers: %v", in)
	}

	three := redistest.Start(t)
	in = inspect(t, ring(t, slices.Repeat([]string{three.Addr}, 20)...))
	wantUnchecked(t, in, "4 more were not asked", "servers")
}

// ring is a store on a Ring that does not notice when a server is gone.
func ring(t *testing.T, addrs ...string) *redis.Store {
	shards := map[string]string{}
	for i, addr := range addrs {
		shards[fmt.Sprint(i)] = addr
	}
	client := goredis.NewRing(&goredis.RingOptions{Addrs: shards, HeartbeatFrequency: time.Hour, MaxRetries: -1})
	t.Cleanup(func() { client.Close() })
	return redis.New(client, redis.WithLogger(quiet()))
}
