package redis

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/check"
)

var _ check.Inspector = (*Store)(nil)

// maxInspected is how many servers of a Cluster or a Ring are inspected.
const maxInspected = 16

// Inspect implements [check.Inspector]. It sends INFO and CONFIG GET save in
// one round trip, and opens a connection to see where it leads. What the
// server refuses or does not tell is in Unchecked.
//
// The facts that checks look at are described there. For reports there are
// the prefix of every key, and mode ("standalone", "sentinel" or "cluster"), os,
// uptime_seconds, connected_clients, expired_keys, loading and
// rdb_last_bgsave_status as INFO has them. On a Cluster cluster_masters says how many masters there are, and
// the facts are those of one, but for memory, evictions and persistence: they
// are those of the master that is worst off, each, among the first 16.
func (s *Store) Inspect(ctx context.Context) (check.Inspection, error) {
	if err := s.begin(ctx); err != nil {
		return check.Inspection{}, err
	}
	nodes, err := s.nodes(ctx)
	if err != nil {
		return check.Inspection{}, s.fail(ctx, "inspect", err)
	}
	slices.SortFunc(nodes, func(a, b goredis.Cmdable) int { return cmp.Compare(serverAddress(a), serverAddress(b)) })
	asked := nodes[:min(len(nodes), maxInspected)]
	found := make([]check.Inspection, len(asked))
	errs := make([]error, len(asked))
	var wg sync.WaitGroup
	for i, node := range asked {
		wg.Go(func() { found[i], errs[i] = inspectServer(ctx, node) })
	}
	wg.Wait()

	var answered []check.Inspection
	for i := range asked {
		if errs[i] == nil {
			answered = append(answered, found[i])
		}
	}
	if len(answered) == 0 {
		return check.Inspection{}, s.fail(ctx, "inspect", errs[0])
	}
	all := worst(answered)
	var silent []string
	for i, node := range asked {
		if errs[i] != nil {
			all.Unchecked["server "+serverAddress(node)] = errs[i].Error()
			silent = append(silent, serverAddress(node))
		}
	}
	if silent != nil {
		all.Facts["silent_servers"] = strings.Join(silent, ", ")
	}
	if more := len(nodes) - len(asked); more > 0 {
		all.Unchecked["servers"] = fmt.Sprintf("%d more were not asked", more)
	}
	if _, ok := s.client.(*goredis.ClusterClient); ok {
		all.Facts["cluster_masters"] = strconv.Itoa(len(nodes))
	}
	all.Facts["prefix"] = s.prefix
	if at := s.emptied.Load(); at != 0 {
		all.Facts["emptied_seconds"] = strconv.FormatInt(int64(time.Since(time.Unix(0, at)).Seconds()), 10)
	}
	return all, nil
}

func serverAddress(node goredis.Cmdable) string {
	if client, ok := node.(*goredis.Client); ok {
		return client.Options().Addr
	}
	return ""
}

// inspectServer finds out about one server. The error is for one that does
// not answer.
func inspectServer(ctx context.Context, node goredis.Cmdable) (check.Inspection, error) {
	pipe := node.Pipeline()
	info, save := pipe.Info(ctx), pipe.ConfigGet(ctx, "save")
	pipe.Exec(ctx) // each answer has its own error
	var refusal goredis.Error
	if err := info.Err(); err != nil && !errors.As(err, &refusal) {
		return check.Inspection{}, err
	}
	in := check.Inspection{Facts: map[string]string{}, Unchecked: map[string]string{}}
	addInfo(in, info)
	addSave(in, save)
	client, ok := node.(*goredis.Client)
	if !ok {
		for _, fact := range []string{"password", "tls", "loopback"} {
			in.Unchecked[fact] = "the client is of an unknown kind"
		}
		return in, nil
	}
	if client.Options().Addr == failoverAddr && in.Facts["mode"] == "standalone" {
		in.Facts["mode"] = "sentinel"
	}
	addConnection(ctx, in, client.Options())
	return in, nil
}

// failoverAddr is the address of all clients that ask a Sentinel for it.
const failoverAddr = "FailoverClient"

// infoFacts are the facts that INFO tells, under its own names.
var infoFacts = []struct {
	fact, info string
	needed     bool // by checks, which miss it then
}{
	{"version", "redis_version", true},
	{"mode", "redis_mode", false},
	{"mode", "server_mode", false}, // of Valkey
	{"os", "os", false},
	{"uptime_seconds", "uptime_in_seconds", false},
	{"connected_clients", "connected_clients", false},
	{"used_memory", "used_memory", true},
	{"maxmemory", "maxmemory", true},
	{"maxmemory_policy", "maxmemory_policy", true},
	{"evicted_keys", "evicted_keys", false},
	{"expired_keys", "expired_keys", false},
	{"loading", "loading", false},
	{"rdb_last_bgsave_status", "rdb_last_bgsave_status", false},
	{"aof_enabled", "aof_enabled", true},
	{"role", "role", true},
}

func addInfo(in check.Inspection, info *goredis.StringCmd) {
	told := parseInfo(info.Val())
	missing := "INFO does not tell"
	if err := info.Err(); err != nil {
		missing = refusalOf("INFO", err)
	}
	for _, f := range infoFacts {
		if value, ok := told[f.info]; ok {
			in.Facts[f.fact] = value
		} else if f.needed {
			in.Unchecked[f.fact] = missing
		}
	}
	if only, ok := told["slave_read_only"]; ok { // of a replica
		in.Facts["replica_read_only"] = yesNo(only == "1")
	}
}

// parseInfo reads lines of the form name:value.
func parseInfo(text string) map[string]string {
	told := map[string]string{}
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok {
			told[name] = value
		}
	}
	return told
}

func addSave(in check.Inspection, save *goredis.MapStringStringCmd) {
	rules, told := save.Val()["save"]
	switch {
	case save.Err() != nil:
		in.Unchecked["save"] = refusalOf("CONFIG GET", save.Err())
	case !told:
		in.Unchecked["save"] = "CONFIG GET does not tell"
	default:
		in.Facts["save"] = rules
	}
}

// refusalOf says which command was refused and why, without what it was
// called with.
func refusalOf(command string, err error) string {
	reason, _, _ := strings.Cut(err.Error(), ",")
	return command + " is refused: " + reason
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
