package redis

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gosessionkit/sessionkit/core/check"
)

// worst makes one inspection of those of several servers: the facts of the
// first, but for those where one server that is badly off is enough to lose
// sessions.
func worst(servers []check.Inspection) check.Inspection {
	all := check.Inspection{Facts: maps.Clone(servers[0].Facts), Unchecked: map[string]string{}}
	for _, server := range slices.Backward(servers) {
		maps.Copy(all.Unchecked, server.Unchecked)
	}
	for _, w := range []struct {
		badness func(facts map[string]string) float64
		names   []string // taken together from one server, so that they fit
	}{
		{evicting, []string{"maxmemory_policy"}},
		{fullness, []string{"used_memory", "maxmemory"}},
		{forgetting, []string{"aof_enabled", "save"}},
		{func(f map[string]string) float64 { return number(f["evicted_keys"]) }, []string{"evicted_keys"}},
		{func(f map[string]string) float64 { return number(f["loading"]) }, []string{"loading"}},
		{unlike("rdb_last_bgsave_status", "ok"), []string{"rdb_last_bgsave_status"}},
		{unlike("loopback", "yes"), []string{"loopback"}},
		{unlike("role", "master"), []string{"role", "replica_read_only"}},
	} {
		bad := slices.MaxFunc(servers, func(a, b check.Inspection) int {
			return cmp.Compare(w.badness(a.Facts), w.badness(b.Facts))
		})
		for _, name := range w.names {
			if value, known := bad.Facts[name]; known {
				all.Facts[name] = value
			} else {
				delete(all.Facts, name)
			}
		}
	}
	return all
}

// number is -1 for what is not known.
func number(text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return -1
	}
	return n
}

// unlike is 1 for another value of the fact than the one that is fine.
func unlike(name, fine string) func(map[string]string) float64 {
	return func(facts map[string]string) float64 {
		switch facts[name] {
		case "":
			return -1
		case fine:
			return 0
		}
		return 1
	}
}

// evicting is 2 where a full memory ends sessions, 1 where it stops changes.
func evicting(facts map[string]string) float64 {
	policy, limit := facts["maxmemory_policy"], number(facts["maxmemory"])
	switch {
	case policy == "":
		return -1
	case limit == 0:
		return 0
	case strings.HasPrefix(policy, "allkeys-"), strings.HasPrefix(policy, "volatile-"):
		return 2
	}
	return 1
}

// fullness is the share of the limit that is used, and 0 without a limit.
func fullness(facts map[string]string) float64 {
	used, limit := number(facts["used_memory"]), number(facts["maxmemory"])
	switch {
	case used < 0 || limit < 0:
		return -1
	case limit == 0:
		return 0
	}
	return used / limit
}

// forgetting is 2 where nothing is written to disk, 1 where snapshots are.
func forgetting(facts map[string]string) float64 {
	save, known := facts["save"]
	switch {
	case facts["aof_enabled"] == "1":
		return 0
	case facts["aof_enabled"] == "" || !known:
		return -1
	case save == "":
		return 2
	}
	return 1
}
