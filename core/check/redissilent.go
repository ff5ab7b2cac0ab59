package check

import "fmt"

func silentRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "redis-silent",
			Severity: Error,
			Title:    "a server of the Redis Cluster does not answer",
			Description: "Sessions are spread over several Redis servers, and one of them does not answer. Requests whose session is on it get a 503 until it does, or until a replica takes over; all others go on. " +
				"After its node timeout the whole Cluster refuses to work, unless `cluster-require-full-coverage` is off.",
			HowToSee: "`redis-cli -u \"$REDIS_URL\" CLUSTER NODES`; `/debug/redis` has the servers in `silent_servers`.",
		},
		find: redisSilent,
	}}
}

func redisSilent(f Facts) (message, fix string, found bool) {
	silent := redisFact(f, "silent_servers")
	return fmt.Sprintf("not every server of the Redis Cluster (%s) answers: not %s; the sessions on it cannot be used", f.Store.Address, silent),
		"start it again, or have a replica take over: redis-cli -h HOST -p PORT CLUSTER FAILOVER FORCE, on the replica", silent != ""
}
