// Package redis keeps sessions in Redis: on a single server, behind Sentinel,
// or on a Cluster. All workers on the same Redis and prefix share them.
//
//	store, err := redis.Open(ctx, "redis://localhost:6379/0")
//
// An app that has a client already hands it in with [New].
//
// # What is stored
//
// Keys begin with the prefix, "session:" unless told otherwise:
//
//	session:<id>                     one session, a line of JSON that redis-cli shows
//	session:user:{<tag>}             sorted set: the ids of a user's sessions, by deadline
//	session:ended:{<tag>}            string: when all sessions of a user were ended, and which of them were not, kept for 400 days
//	session:ending:{<tag>}           sorted set: the ids of those that are being removed
//	session:store-id                 the random identity of this store
//	session:workers                  hash: the live workers, each with when it expires and what it says of itself
//	session:corrupt:{session:<id>}   a value that was no session, kept for 7 days
//	session:removed:{session:<id>}   string: the id that a session goes on under, kept for a minute; or which request ended it, for 10 seconds
//
// Redis itself forgets what has expired: every key but the store's identity
// has a time to live. It is sent as a duration, so the clocks of Redis and of
// the workers need not agree.
//
// # What it costs
//
// Loading is one command, creating one, saving one, touching one. On a Cluster
// loading a session that somebody is logged in to is two, sent at once, and
// a login takes one more, because the user's keys may live on another node.
// Looking up a session that is not there is two. Nothing ever uses KEYS; listing
// and counting use SCAN.
// Loads and touches of requests that run at the same time go out as one pipeline
// once there are eight or more, and saves as another; a client's hooks see them
// as such. On a Cluster or a Ring each goes by itself, and so do changes with
// WithWait.
//
// A worker announces itself with one command every 5 seconds, and listing the
// workers takes one.
//
// # What it needs
//
// It is tested with Redis 7, was tried with Valkey 8, and uses nothing newer than Redis 5. An ACL user
// needs the keys of the prefix and these commands:
//
//	~session:* +get +mget +set +del +unlink +eval +evalsha +script|load +exists +getrange +setrange +pexpire
//	+rename +zadd +zrange +zrem +zremrangebyscore +zunionstore +hset +hdel +hgetall +pttl +time +scan +ping
//	+select             on another database than 0
//	+client|setname     with client_name in the URL
//	+client|setinfo     on Redis 7.2 and Valkey; without, ACL LOG has a line for each connection
//	+cluster +command   on a Cluster
//	+wait               with WithWait
//	+info +config|get   for checks of the server's set-up; without, these are left out
//
// # TLS
//
// With rediss:// the server's certificate must be for the host name in the URL
// and signed by an authority that the system trusts. For one of your own, name
// the file with its certificate in the environment variable SSL_CERT_FILE, or a
// folder in SSL_CERT_DIR (Unix, but not macOS). The URL's option
// skip_verify=true accepts any certificate, and so anybody who gets between:
// for trying things out.
//
// Sessions must not be evicted for lack of memory before their time: set
// maxmemory-policy to noeviction, or give sessions a Redis of their own.
package redis
